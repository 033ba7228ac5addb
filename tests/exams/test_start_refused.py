"""What cannot be started leaves nothing behind, and the refusal says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exams import attempts, drawing
from exams.models import Attempt, ExamBlueprint, Owner
from questions.models import Question
from tests import factories
from tests.exams.sitting import Sitting, begin
from tests.factories import NOW

pytestmark = pytest.mark.database


def refusal(owner: Any, blueprint: ExamBlueprint, **changes: Any) -> str:
    with pytest.raises(attempts.RefusedError) as refused:
        begin(owner, blueprint, **changes)
    assert not Attempt.objects.exists()
    return refused.value.code


def test_a_blueprint_that_is_not_open_yet(subject: Any, learner: Any) -> None:
    draft = ExamBlueprint(subject=subject, code="draft", item_count=1, minutes=1, title_en="x")
    draft.save()
    assert refusal(learner, draft) == "not-open"


def test_a_blueprint_that_was_closed(exam: Any, learner: Any) -> None:
    exam.closed_at = NOW
    exam.save()
    assert refusal(learner, exam) == "not-open"


def test_a_visitor_where_an_account_is_asked_for(exam: Any) -> None:
    assert refusal(Owner(guest_key="visitor"), exam) == "sign-in"


def test_tutor_mode_where_there_is_none(
    bank: Callable[..., Any], subject: Any, learner: Any
) -> None:
    bank(16)
    strict = factories.blueprint(subject, item_count=8, tutor_allowed=False)
    assert refusal(learner, strict, mode="tutor") == "mode"
    assert begin(learner, strict).attempt.mode == "exam"


def test_an_exam_without_a_time_limit(exam: Any, learner: Any) -> None:
    assert refusal(learner, exam, accommodation="none") == "time"


def test_a_bank_that_is_too_short_names_the_quota(
    bank: Callable[..., Any], subject: Any, learner: Any
) -> None:
    bank(16)
    long = factories.blueprint(subject, item_count=20)
    with pytest.raises(drawing.BankTooShort) as short:
        begin(learner, long)
    assert (short.value.quota, short.value.found) in {(6, 4), (5, 4)}
    assert short.value.section in {str(domain) for domain in subject.domains.all()}
    assert not Attempt.objects.exists()


def test_retired_and_sample_questions_fill_no_exam(
    bank: Callable[..., Any], subject: Any, learner: Any
) -> None:
    bank(8)
    bank(8, start=9, sample=True)
    Question.objects.filter(code="q-00001").update(retired_at=NOW)
    blueprint = factories.blueprint(subject, item_count=8)
    with pytest.raises(drawing.BankTooShort) as short:
        begin(learner, blueprint)
    assert (short.value.quota, short.value.found) == (2, 1)


def test_variants_of_one_idea_count_once(
    bank: Callable[..., Any], subject: Any, learner: Any
) -> None:
    bank(12)
    bank(12, start=13, exclusion_group="one-idea")
    blueprint = factories.blueprint(subject, item_count=13)
    attempt = begin(learner, blueprint).attempt
    groups = attempt.items.values_list("revision__question__exclusion_group", flat=True)
    assert list(groups).count("one-idea") == 1
    assert isinstance(Sitting(Owner(user=learner), attempt).keys(1), tuple)


def test_a_guest_may_sit_what_is_open_to_guests(bank: Callable[..., Any], subject: Any) -> None:
    bank(8, sample=True)
    mini = factories.blueprint(
        subject, item_count=4, code="mini", samples_only=True, open_to_guests=True
    )
    assert begin(Owner(guest_key="visitor"), mini).attempt.guest_key == "visitor"

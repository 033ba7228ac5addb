"""Where a learner stands reads sensibly with no answers, few, all right and all wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exams.models import Owner
from exams.queries.standing import Standing, standing
from tests.exams.sitting import Sitting, begin
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def standing_of(learner: Any, subject: Any) -> Standing:
    found = standing(Owner(user=learner), subject, NOW)
    assert found is not None
    return found


def finish(sitting: Sitting, *, right: bool) -> None:
    sitting.answer(range(1, 9), right=right)
    sitting.submit()


def test_without_answers_every_chapter_is_unseen_with_a_wide_interval(
    exam: Any, learner: Any, subject: Any
) -> None:
    found = standing_of(learner, subject)
    assert {each.shelf for each in found.chapters} == {"unseen"}
    assert all(each.mastery.high - each.mastery.low > 0.4 for each in found.chapters)
    assert found.readiness.band == "withheld"


def test_right_answers_raise_and_wrong_ones_lower_every_estimate(
    exam: Any, learner: Any, other_learner: Any, subject: Any
) -> None:
    finish(begin(learner, exam), right=True)
    finish(begin(other_learner, exam), right=False)
    strong, weak = standing_of(learner, subject), standing_of(other_learner, subject)
    by_chapter = {each.chapter: each.mastery.expected for each in weak.chapters}
    for each in strong.chapters:
        assert each.mastery.expected > by_chapter[each.chapter]


def test_no_label_below_three_answers(exam: Any, learner: Any, subject: Any) -> None:
    finish(begin(learner, exam), right=False)
    for each in standing_of(learner, subject).chapters:
        assert each.mastery.answers >= 3 or each.shelf in {"unsure", "unseen"}


def test_blanks_and_repeats_are_no_evidence(exam: Any, learner: Any, subject: Any) -> None:
    begin(learner, exam).submit()
    assert standing_of(learner, subject).readiness.answers == 0
    for seed in (2, 3):  # sixteen questions: the third form repeats what was seen
        finish(begin(learner, exam, seed=seed), right=True)
    assert standing_of(learner, subject).readiness.answers <= 8


def test_an_open_attempt_counts_for_nothing_yet(exam: Any, learner: Any, subject: Any) -> None:
    begin(learner, exam).answer(range(1, 9))
    assert standing_of(learner, subject).readiness.answers == 0


def test_without_an_open_mock_exam_there_is_no_standing(learner: Any, subject: Any) -> None:
    assert standing(Owner(user=learner), subject, NOW) is None


def test_the_page_asks_a_constant_number_of_questions(
    exam: Any, learner: Any, django_assert_max_num_queries: Any
) -> None:
    finish(begin(learner, exam), right=True)
    client = Client()
    client.force_login(learner, backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_max_num_queries(14):
        assert client.get(reverse("topics")).status_code == 200

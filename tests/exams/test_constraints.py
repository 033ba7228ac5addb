"""Bad states of an attempt are impossible rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exams.models import Attempt, AttemptItem, BlueprintSection, ExamBlueprint, Response, Result
from tests.exams.sitting import Sitting
from tests.factories import NOW

pytestmark = pytest.mark.database


def refused(model: Any, name: str, **values: Any) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        model.objects.create(**values)
    told = str(error.value)
    # SQLite names the columns of a unique constraint, not the constraint.
    assert name in told or "UNIQUE constraint failed" in told


@pytest.fixture
def attempt(exam: Any, learner: Any) -> dict[str, Any]:
    """The values of an attempt that the database would take."""
    return {
        "user": learner, "blueprint": exam, "number": 7, "seed": 1, "started_at": NOW,
        "deadline": NOW + timedelta(minutes=5), "grace_until": NOW + timedelta(minutes=6),
    }  # fmt: skip


BAD_ATTEMPTS: dict[str, tuple[str, dict[str, Any]]] = {
    "two owners": ("attempt_has_exactly_one_owner", {"guest_key": "visitor"}),
    "no owner": ("attempt_has_exactly_one_owner", {"user": None}),
    "an end before the start": ("attempt_deadline_after_start", {"deadline": NOW}),
    "grace before the end": ("attempt_deadline_after_start", {"grace_until": NOW}),
    "a deadline without grace": ("attempt_deadline_after_start", {"grace_until": None}),
    "open and ended": ("attempt_closed_exactly_when_not_in_progress", {"closed_at": NOW}),
    "closed and not ended": ("attempt_closed_exactly_when_not_in_progress", {"state": "scored"}),
    "closed by nobody": (
        "attempt_closed_exactly_when_not_in_progress", {"state": "scored", "closed_at": NOW},
    ),
    "an exam without limit": (
        "attempt_without_limit_is_tutor", {"deadline": None, "grace_until": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "changes"), BAD_ATTEMPTS.values(), ids=BAD_ATTEMPTS.keys())
def test_an_attempt_cannot_have(attempt: dict[str, Any], name: str, changes: Any) -> None:
    refused(Attempt, name, **(attempt | changes))


def test_the_same_attempt_without_the_flaw_is_taken(attempt: dict[str, Any]) -> None:
    assert Attempt.objects.create(**attempt).pk


def test_one_open_attempt_per_learner_and_blueprint(
    attempt: dict[str, Any], sitting: Sitting
) -> None:
    refused(Attempt, "one_open_attempt_per_learner_and_blueprint", **attempt)


def test_a_number_is_given_once(attempt: dict[str, Any], sitting: Sitting) -> None:
    closed = {"state": "scored", "closed_at": NOW, "closed_by": "owner"}
    taken = attempt | closed | {"number": 1}
    refused(Attempt, "attempt_number_once_per_learner_and_blueprint", **taken)
    assert Attempt.objects.create(**(taken | {"number": 2})).pk


def test_an_item_stands_once_and_in_one_place(sitting: Sitting) -> None:
    first = sitting.item(1)
    values = {"attempt": sitting.attempt, "choice_order": []}
    refused(AttemptItem, "item_position_once", **values, position=1, revision=first.revision)
    refused(AttemptItem, "revision_once", **values, position=9, revision=first.revision)


def test_an_entry_of_a_client_is_stored_once(sitting: Sitting) -> None:
    values = {"attempt": sitting.attempt, "item": sitting.item(1), "received_at": NOW}
    Response.objects.create(**values, client_id="tab", seq=1, rev=1)
    refused(Response, "response_once_per_client_and_seq", **values, client_id="tab", seq=1, rev=2)
    refused(Response, "response_rev_once", **values, client_id="phone", seq=1, rev=1)


@pytest.mark.parametrize(("raw", "maximum"), [(-1, 6), (7, 6)])
def test_a_result_is_between_nothing_and_everything(
    sitting: Sitting, raw: int, maximum: int
) -> None:
    values = {"attempt": sitting.attempt, "scaled": 100, "passed": False, "at": NOW}
    refused(Result, "raw_between_0_and_maximum", **values, raw=raw, maximum=maximum)
    assert Result.objects.create(**values, raw=6, maximum=6).pk


@pytest.mark.parametrize("size", [{}, {"count": 1, "weight": 1}, {"weight": 0}])
def test_a_section_has_a_count_or_a_weight(subject: Any, size: dict[str, int]) -> None:
    values = {"subject": subject, "code": "x", "title_en": "x", "item_count": 4, "minutes": 5}
    section = {"blueprint": ExamBlueprint.objects.create(**values), "position": 1}
    refused(BlueprintSection, "section_has_count_or_weight", **section, **size)
    assert BlueprintSection.objects.create(**section, count=4).pk


BAD_BLUEPRINTS: dict[str, dict[str, Any]] = {
    "blueprint_has_items_and_time": {"minutes": 0},
    "blueprint_scores_something": {"unscored_count": 4},
    "cut_score_inside_scale": {"cut_score": 1000},
    "cut_fraction_inside_0_1": {"cut_fraction": "1.000"},
}


@pytest.mark.parametrize(("name", "changes"), BAD_BLUEPRINTS.items(), ids=BAD_BLUEPRINTS.keys())
def test_a_blueprint_makes_sense(subject: Any, name: str, changes: dict[str, Any]) -> None:
    values = {"subject": subject, "code": "x", "title_en": "x", "item_count": 4, "minutes": 5}
    refused(ExamBlueprint, name, **(values | changes))
    assert ExamBlueprint.objects.create(**values).pk

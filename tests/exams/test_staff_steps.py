"""More time and voiding: only where they make sense, always with a reason and a name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from exams import attempts
from exams.models import Attempt, AttemptEvent
from exams.protocol import Entry
from tests.exams.sitting import Sitting, begin

pytestmark = pytest.mark.database


def move(sitting: Sitting, to: float, by: Any, now: float = 60) -> None:
    attempts.move_deadline(
        sitting.attempt, sitting.at(to), reason="fire alarm", by=by, now=sitting.at(now)
    )


def test_more_time_counts_at_once_and_is_logged(sitting: Sitting, reviewer: Any) -> None:
    before = sitting.attempt.deadline
    move(sitting, sitting.limit + 600, reviewer)
    sitting.reload()
    assert sitting.attempt.deadline == sitting.at(2400 + 600)
    assert sitting.attempt.grace_until == sitting.attempt.deadline + timedelta(seconds=5)
    sitting.save(Entry(1, 1, (1,)), at=2400 + 605)
    event = sitting.attempt.events.get(kind=AttemptEvent.Kind.DEADLINE_MOVED)
    assert event.by == reviewer
    assert before is not None
    assert event.detail["from"] == before.isoformat()
    assert event.detail["reason"] == "fire alarm"


def test_time_that_was_over_can_be_given_before_the_attempt_is_closed(
    sitting: Sitting, reviewer: Any
) -> None:
    move(sitting, sitting.limit + 600, reviewer, now=sitting.limit + 3)
    sitting.reload()
    assert sitting.attempt.accepts(sitting.at(2400 + 300))


@pytest.mark.parametrize(("to", "now"), [(2400, 60), (2000, 60), (2450, 2500)])
def test_the_deadline_only_moves_later_and_into_the_future(
    sitting: Sitting, reviewer: Any, to: float, now: float
) -> None:
    with pytest.raises(attempts.RefusedError) as refusal:
        move(sitting, to, reviewer, now)
    assert refusal.value.code == "deadline"
    assert sitting.reload().deadline == sitting.at(2400)


def test_a_closed_attempt_and_one_without_limit_get_no_more_time(
    sitting: Sitting, exam: Any, other_learner: Any, reviewer: Any
) -> None:
    sitting.submit()
    with pytest.raises(attempts.RefusedError) as refusal:
        move(sitting, 5000, reviewer)
    assert refusal.value.code == "closed"
    unlimited = begin(other_learner, exam, mode="tutor", accommodation="none")
    with pytest.raises(attempts.RefusedError):
        move(unlimited, 5000, reviewer)


def test_a_void_attempt_is_kept_and_takes_no_more(sitting: Sitting, reviewer: Any) -> None:
    sitting.save(Entry(1, 1, (1,)))
    attempts.void(sitting.attempt, reason="power cut", by=reviewer, now=sitting.at(90))
    assert sitting.reload().state == Attempt.State.VOID
    assert (sitting.attempt.closed_by, sitting.attempt.closed_at) == ("staff", sitting.at(90))
    assert sitting.state() == {1: (1,)}
    event = sitting.attempt.events.get(kind=AttemptEvent.Kind.VOIDED)
    assert (event.by, event.detail) == (reviewer, {"reason": "power cut"})
    with pytest.raises(attempts.RefusedError):
        sitting.save(Entry(1, 2, (2,)))


def test_a_scored_attempt_can_be_voided_and_keeps_its_result(
    sitting: Sitting, reviewer: Any
) -> None:
    sitting.submit(at=100)
    attempts.void(sitting.attempt, reason="x", by=reviewer, now=sitting.at(200))
    assert sitting.reload().state == Attempt.State.VOID
    assert (sitting.attempt.closed_by, sitting.attempt.closed_at) == ("owner", sitting.at(100))
    assert sitting.attempt.results.count() == 1


def test_an_attempt_is_voided_once(sitting: Sitting, reviewer: Any) -> None:
    attempts.void(sitting.attempt, reason="x", by=reviewer, now=sitting.at(90))
    with pytest.raises(attempts.RefusedError) as refusal:
        attempts.void(sitting.attempt, reason="y", by=reviewer, now=sitting.at(95))
    assert refusal.value.code == "void"
    assert sitting.attempt.events.filter(kind=AttemptEvent.Kind.VOIDED).count() == 1

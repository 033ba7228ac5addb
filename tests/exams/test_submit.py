"""A submit closes and scores once; asked again, it says the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from exams import attempts
from exams.models import Attempt, AttemptEvent, Result
from exams.protocol import Entry
from tests.exams.sitting import Sitting, begin

pytestmark = pytest.mark.database


def test_the_scored_items_make_the_result(sitting: Sitting) -> None:
    scored = sitting.positions(unscored=False)
    sitting.answer(scored[:5])
    sitting.answer(scored[5:], right=False, seq=10)
    attempt = sitting.submit(at=300)
    result = attempt.results.get()
    assert result.raw == 5
    assert result.maximum == 6
    assert result.version == 1
    assert (result.scaled, result.passed) == (833, True)
    assert (attempt.state, attempt.closed_by) == ("scored", "owner")
    assert attempt.closed_at == sitting.at(300)


def test_unscored_items_are_marked_and_not_counted(sitting: Sitting) -> None:
    sitting.answer(sitting.positions(unscored=True))
    result = sitting.submit().results.get()
    assert result.raw == 0
    assert result.maximum == 6
    assert result.scaled == 100
    unscored = sitting.attempt.items.filter(unscored=True)
    assert list(unscored.values_list("awarded", flat=True)) == [Decimal(1), Decimal(1)]


def test_each_item_points_at_the_response_that_counted(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)))
    sitting.save(Entry(1, 2, (2,)), client="phone")
    sitting.submit()
    item = sitting.item(1)
    assert item.final_response.client_id == "phone"
    assert sitting.item(2).final_response is None
    assert sitting.item(2).awarded == 0


def test_a_second_submit_changes_nothing(sitting: Sitting) -> None:
    first = sitting.submit(at=100)
    again = sitting.submit(at=200, newest={1: 99})
    assert again.closed_at == first.closed_at
    assert Result.objects.count() == 1
    assert sitting.attempt.events.filter(kind=AttemptEvent.Kind.CLOSED).count() == 1


def test_a_timer_is_refused_while_time_remains(sitting: Sitting) -> None:
    with pytest.raises(attempts.RefusedError) as refusal:
        sitting.submit(at=sitting.limit - 0.001, by_timer=True)
    assert refusal.value.code == "time-left"
    assert sitting.reload().is_open


def test_a_timer_closes_at_the_deadline(sitting: Sitting) -> None:
    attempt = sitting.submit(at=sitting.limit, by_timer=True)
    assert (attempt.state, attempt.closed_by) == ("scored", "timeout")


def test_a_timer_closes_nothing_where_there_is_no_limit(exam: Any, learner: Any) -> None:
    sitting = begin(learner, exam, mode="tutor", accommodation="none")
    with pytest.raises(attempts.RefusedError):
        sitting.submit(at=10**7, by_timer=True)
    assert sitting.submit(at=10**7).state == "scored"


def test_answers_that_never_arrived_are_asked_for(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)), Entry(2, 2, (1,)))
    with pytest.raises(attempts.RefusedError) as refusal:
        sitting.submit(newest={1: 1, 2: 3, 5: 4})
    assert refusal.value.code == "unsynced"
    assert refusal.value.detail["items"] == [2, 5]
    assert sitting.reload().is_open
    sitting.save(Entry(2, 3, (2,)), Entry(5, 4, (1,)))
    assert sitting.submit(newest={1: 1, 2: 3, 5: 4}).state == "scored"


def test_another_devices_numbers_do_not_stand_for_this_ones(sitting: Sitting) -> None:
    sitting.save(Entry(1, 7, (1,)), client="phone")
    with pytest.raises(attempts.RefusedError):
        sitting.submit(newest={1: 1})


def test_after_the_grace_what_is_there_is_scored(sitting: Sitting) -> None:
    attempt = sitting.submit(at=sitting.limit + 6, newest={1: 1})
    assert attempt.state == "scored"


@pytest.mark.parametrize("late", [0, 4, 60, 3600])
def test_the_attempt_ends_at_its_deadline_at_the_latest(sitting: Sitting, late: float) -> None:
    attempt = sitting.submit(at=sitting.limit + late)
    assert (attempt.closed_at, attempt.closed_by) == (attempt.deadline, "timeout")


def test_a_void_attempt_is_not_scored(sitting: Sitting, author: Any) -> None:
    attempts.void(sitting.attempt, reason="power cut", by=author, now=sitting.at(10))
    assert sitting.submit().state == Attempt.State.VOID
    assert not Result.objects.exists()


def test_somebody_elses_attempt_is_not_submitted(sitting: Sitting, other_learner: Any) -> None:
    stranger = Sitting(type(sitting.owner)(user=other_learner), sitting.attempt)
    with pytest.raises(attempts.NotFoundError):
        stranger.submit()
    assert sitting.reload().is_open

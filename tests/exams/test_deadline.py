"""Arrival decides: up to five seconds after the deadline counts, later never does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams import attempts
from exams.models import AttemptEvent, Response
from exams.protocol import Entry
from tests.exams.sitting import Sitting, begin

pytestmark = pytest.mark.database


@pytest.mark.parametrize("offset", [-2, -1, -0.001, 0, 1, 3, 4.999, 5])
def test_what_arrives_within_the_grace_counts(sitting: Sitting, offset: float) -> None:
    sitting.save(Entry(1, 1, (1,)), at=sitting.limit + offset)
    assert sitting.state() == {1: (1,)}


@pytest.mark.parametrize("offset", [5.001, 5.5, 6, 7, 8])
def test_what_arrives_later_does_not_count_and_is_kept_as_an_event(
    sitting: Sitting, offset: float
) -> None:
    sitting.save(Entry(1, 1, (2,)))
    with pytest.raises(attempts.RefusedError) as refusal:
        sitting.save(Entry(1, 2, (1,)), at=sitting.limit + offset)
    assert refusal.value.code == "late"
    assert refusal.value.detail["attempt"] == sitting.attempt
    assert sitting.state() == {1: (2,)}
    event = sitting.attempt.events.get(kind=AttemptEvent.Kind.LATE)
    assert event.at == sitting.at(sitting.limit + offset)
    assert event.detail == {
        "client_id": "tab", "entries": [{"item": 1, "seq": 2, "selected": [1]}],
    }  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-2_000_000, 8_000_000))
def test_each_microsecond_around_the_deadline_is_judged_by_the_rule(
    exam: Any, learner: Any, offset: int
) -> None:
    sitting = begin(learner, exam)
    arrival = sitting.at(sitting.limit) + timedelta(microseconds=offset)
    assert sitting.attempt.accepts(arrival) is (offset <= 5_000_000)
    assert sitting.attempt.remaining(arrival) == timedelta(microseconds=max(0, -offset))


def test_a_late_batch_of_an_open_attempt_leaves_it_to_the_close(sitting: Sitting) -> None:
    """One that arrived in time may still wait for the lock; the late one must not shut it out."""
    with pytest.raises(attempts.RefusedError):
        sitting.save(Entry(1, 1, (1,)), at=sitting.limit + 6)
    assert sitting.reload().is_open
    sitting.save(Entry(2, 2, (1,)), at=sitting.limit + 4.9)
    assert sitting.state() == {2: (1,)}


def test_a_wrong_entry_that_comes_too_late_is_late_and_not_wrong(sitting: Sitting) -> None:
    with pytest.raises(attempts.RefusedError) as refusal:
        sitting.save(Entry(99, 1, (1,)), at=sitting.limit + 6)
    assert refusal.value.code == "late"


def test_without_a_limit_nothing_is_late(exam: Any, learner: Any) -> None:
    sitting = begin(learner, exam, mode="tutor", accommodation="none")
    sitting.save(Entry(1, 1, (1,)), at=90 * 24 * 3600)
    assert Response.objects.count() == 1
    assert sitting.attempt.remaining(sitting.at(0)) is None


def test_the_clock_never_shows_more_than_the_whole_time(sitting: Sitting) -> None:
    """A server whose clock was set back does not give time away."""
    assert sitting.attempt.remaining(sitting.at(-600)) == timedelta(seconds=sitting.limit)

"""Nobody submits: the attempt is closed when it is looked at, or by the sweeper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams import attempts, sweeper
from exams.models import Attempt, Result
from exams.protocol import Entry
from tests.exams.sitting import Sitting, begin
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.database

LOCK_WAIT = 3  # settings.LOCK_TIMEOUT, in seconds


def second(n: int) -> datetime:
    return NOW + timedelta(seconds=n)


def close(sitting: Sitting, seconds: float) -> Attempt:
    return attempts.close_if_overdue(sitting.reload(), sitting.at(sitting.limit + seconds))


def ignore(attempt: Attempt, error: Exception) -> None:
    raise AssertionError(f"{attempt} could not be closed") from error


@pytest.mark.parametrize("seconds", [-1, 0, 5, 5.1, 8])
def test_it_stays_open_until_no_save_can_be_waiting(sitting: Sitting, seconds: float) -> None:
    assert close(sitting, seconds).is_open


@pytest.mark.parametrize("seconds", [8.001, 60, 10**6])
def test_it_is_scored_with_what_was_acknowledged(sitting: Sitting, seconds: float) -> None:
    sitting.answer(sitting.positions(unscored=False)[:3])
    closed = close(sitting, seconds)
    assert (closed.state, closed.closed_by) == ("scored", "timeout")
    assert closed.closed_at == closed.deadline
    assert closed.results.get().raw == 3


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-10_000, 20_000))
def test_the_sweeper_and_the_attempt_agree_on_what_is_overdue(
    sitting: Sitting, milliseconds: int
) -> None:
    now = sitting.at(sitting.limit) + timedelta(milliseconds=milliseconds)
    assert Attempt.objects.overdue(now).exists() is sitting.attempt.is_overdue(now)
    assert sitting.attempt.is_overdue(now) is (milliseconds > 8_000)


def test_looking_at_a_closed_attempt_changes_nothing(sitting: Sitting) -> None:
    sitting.submit(at=100)
    assert close(sitting, 60).closed_at == sitting.at(100)
    assert Result.objects.count() == 1


def test_the_sweeper_closes_what_is_overdue_and_nothing_else(
    sitting: Sitting, exam: Any, other_learner: Any
) -> None:
    later = begin(other_learner, exam, now=sitting.at(60))
    now = sitting.at(sitting.limit + 9)
    assert attempts.sweep(now, ignore) == 1
    assert not sitting.reload().is_open
    assert later.reload().is_open
    assert attempts.sweep(now, ignore) == 0


def test_the_sweeper_leaves_an_attempt_without_limit_alone(exam: Any, learner: Any) -> None:
    sitting = begin(learner, exam, mode="tutor", accommodation="none")
    assert attempts.sweep(sitting.at(10**8), ignore) == 0


def test_an_attempt_that_fails_does_not_stop_the_others(
    exam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sittings = [begin(UserFactory(), exam, now=second(n)) for n in range(3)]
    broken = sittings[1].attempt.pk
    mark = attempts.closing.marking.mark

    def mark_unless_broken(attempt: Attempt) -> Any:
        if attempt.pk == broken:
            raise RuntimeError("a bad row")
        return mark(attempt)

    monkeypatch.setattr(attempts.closing.marking, "mark", mark_unless_broken)
    failed = []
    closed = attempts.sweep(
        sittings[2].at(sittings[2].limit + 9), lambda attempt, _: failed.append(attempt.pk)
    )
    assert (closed, failed) == (2, [broken])
    assert [sitting.reload().is_open for sitting in sittings] == [False, True, False]


def test_a_sweep_takes_the_oldest_first(exam: Any) -> None:
    sittings = [begin(UserFactory(), exam, now=second(n)) for n in (2, 0, 1)]
    assert attempts.sweep(sittings[0].at(10**5), ignore, limit=2) == 2
    assert [sitting.reload().is_open for sitting in sittings] == [True, False, False]


def test_the_command_closes_all_there_are(exam: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sittings = [begin(UserFactory(), exam, now=second(n)) for n in range(3)]
    sweep: Callable[..., int] = attempts.sweep
    monkeypatch.setattr(attempts, "sweep", lambda now, log: sweep(now, log, limit=2))
    out = StringIO()
    with time_machine.travel(sittings[2].at(10**5), tick=False):
        call_command("expire_attempts", stdout=out)
        assert out.getvalue() == "3 attempts closed\n"
        assert sweeper.sweep_now() == 0


def test_a_save_that_arrived_in_time_is_taken_after_the_deadline_has_passed(
    sitting: Sitting,
) -> None:
    """It waited for the lock: the sweeper of that moment leaves the attempt alone."""
    arrived = sitting.limit + 4.9
    assert attempts.sweep(sitting.at(arrived + LOCK_WAIT), ignore) == 0
    sitting.save(Entry(1, 1, sitting.keys(1)), at=arrived)
    assert attempts.sweep(sitting.at(arrived + LOCK_WAIT + 1), ignore) == 1
    assert sitting.item(1).awarded == 1

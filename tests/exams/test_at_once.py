"""Many at once: one result, one attempt, one winner, and a save that waited is not lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from exams import attempts
from exams.models import Attempt, Response, Result
from exams.protocol import Entry
from tests.exams.sitting import Sitting, begin

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SUBMITS = 200
TRIES = 20  # a busy database answers 503, and the browser asks again


def at_once(count: int, work: Callable[[int], Any], workers: int | None = None) -> list[Any]:
    """Run ``work(0) ... work(count - 1)`` in threads of their own, started together."""
    gate = threading.Barrier(workers or count)

    def run(number: int) -> Any:
        try:
            if number < (workers or count):
                gate.wait(30)
            return _insist(lambda: work(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(workers or count) as pool:
        return list(pool.map(run, range(count)))


def _insist(work: Callable[[], Any]) -> Any:
    for attempt in range(TRIES):
        try:
            return work()
        except OperationalError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError


def test_two_hundred_submits_make_one_result(sitting: Sitting) -> None:
    sitting.answer(sitting.positions(unscored=False))
    closed = at_once(SUBMITS, lambda n: sitting.submit(at=100 + n / 1000))
    assert {attempt.state for attempt in closed} == {"scored"}
    assert len({attempt.closed_at for attempt in closed}) == 1
    result = Result.objects.get()
    assert result.raw == 6
    assert sitting.attempt.events.filter(kind="closed").count() == 1


def test_starts_at_once_make_one_attempt(exam: Any, learner: Any) -> None:
    started = at_once(12, lambda n: begin(learner, exam, seed=n).attempt.pk)
    assert len(set(started)) == 1
    attempt = Attempt.objects.get()
    assert attempt.items.count() == 8
    assert attempt.events.filter(kind="started").count() == 1


def test_saves_of_two_devices_are_all_kept_in_one_order(sitting: Sitting) -> None:
    def save(number: int) -> dict[int, int]:
        device, item = number % 2, number // 2 + 1
        return sitting.save(Entry(item, item, (device + 1,)), client=f"device-{device}").acked

    acked = at_once(16, save)
    assert len(acked) == Response.objects.count() == 16
    revs = sorted(Response.objects.values_list("rev", flat=True))
    assert revs == list(range(1, 17))
    assert sitting.reload().rev == 16


def test_submits_and_saves_at_once_score_exactly_what_was_acknowledged(sitting: Sitting) -> None:
    keys = {n: sitting.keys(n) for n in range(1, 9)}

    def step(number: int) -> str:
        try:
            if number == 9:
                return sitting.submit(at=100).state
            item = number % 8 + 1
            sitting.save(Entry(item, 1, keys[item]), client=f"device-{number}", at=100)
        except attempts.RefusedError as refusal:
            return refusal.code
        return "saved"

    told = Counter(at_once(20, step))
    assert told["scored"] == 1
    assert told["saved"] + told["closed"] == 19
    assert Response.objects.count() == told["saved"]
    right = sum(item.awarded == 1 for item in sitting.attempt.items.all())
    assert right == len(sitting.state())


def test_the_sweeper_and_the_owner_close_once_between_them(sitting: Sitting) -> None:
    late = sitting.limit + 20

    def close(number: int) -> Any:
        if number % 2:
            return attempts.close_if_overdue(sitting.attempt, sitting.at(late)).state
        return sitting.submit(at=late).state

    assert set(at_once(10, close)) == {"scored"}
    assert Result.objects.count() == 1


def test_a_save_waits_for_the_lock_and_is_taken_as_of_its_arrival(sitting: Sitting) -> None:
    """Somebody holds the attempt while the grace runs out; the sweeper finds it too early."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Attempt.objects.select_for_update(of=("self",)).get(pk=sitting.attempt.pk)
            held.set()
            release.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    arrived = sitting.limit + 4.9
    waiting: list[Any] = []

    def save() -> None:
        waiting.append(sitting.save(Entry(1, 1, (2,)), at=arrived).acked)
        connection.close()

    saver = threading.Thread(target=save)
    saver.start()
    saver.join(0.3)
    assert saver.is_alive()
    release.set()
    saver.join(10)
    holder.join(10)
    assert waiting == [{1: 1}]
    assert attempts.sweep(sitting.at(arrived + 3), lambda *_: None) == 0
    assert sitting.state() == {1: (2,)}


def test_one_learner_does_not_wait_for_another_on_postgres(
    sitting: Sitting, exam: Any, other_learner: Any
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one write lock for all")
    other = begin(other_learner, exam)
    with transaction.atomic():
        Attempt.objects.select_for_update(of=("self",)).get(pk=sitting.attempt.pk)
        [acked] = at_once(1, lambda _: other.save(Entry(1, 1, (1,))).acked)
    assert acked == {1: 1}

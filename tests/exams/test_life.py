"""An attempt's life against a simple model: random steps of everybody who may touch it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from exams import attempts
from exams.models import Attempt, AttemptItem
from exams.protocol import Entry
from tests import factories
from tests.exams.sitting import Sitting, begin

pytestmark = pytest.mark.database

EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "200"))
STEPS = 20
ITEMS = 4
GRACE, LOCK_WAIT = 5.0, 3.0
clients = st.sampled_from(["tab", "phone"])
positions = st.integers(1, ITEMS)
lags = st.sampled_from([0.0, 0.0, 1.0, 2.9])  # how long a request has waited for its turn


class Life(RuleBasedStateMachine):
    """One attempt, and what we believe of it."""

    blueprint: Any
    owner: Any
    staff: Any

    @initialize(mode=st.sampled_from(["exam", "tutor"]))
    def start(self, mode: str) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.sitting: Sitting = begin(self.owner, self.blueprint, mode=mode)
        self.keys = {n: self.sitting.keys(n) for n in range(1, ITEMS + 1)}
        self.now = 0.0
        self.deadline = self.sitting.limit
        self.state = "in_progress"
        self.answers: dict[int, tuple[int, ...]] = {}
        self.seqs: dict[tuple[str, int], int] = {}
        self.counter = {"tab": 0, "phone": 0}
        self.sent: list[tuple[str, Entry]] = []
        self.revealed: set[int] = set()
        self.written = self.late = 0

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # --- the model ---

    @property
    def open(self) -> bool:
        return self.state == "in_progress"

    def deliver(self, client: str, entry: Entry, arrival: float) -> None:
        """Send one entry and expect what the rules say."""
        expected = "saved"
        if not self.open:
            expected = "closed"
        elif arrival > self.deadline + GRACE:
            expected = "late"
            self.late += 1
        try:
            reply = self.sitting.save(entry, client=client, at=arrival)
        except attempts.RefusedError as refusal:
            assert refusal.code == expected
            return
        assert expected == "saved"
        assert reply.acked == {entry.item: entry.seq}
        assert bool(reply.refused) == (entry.item in self.revealed)
        newest = self.seqs.get((client, entry.item), 0)
        if entry.item not in self.revealed and entry.seq > newest:
            self.seqs[client, entry.item] = entry.seq
            self.answers[entry.item] = entry.selected
            self.written += 1

    # --- the steps ---

    @rule(client=clients, item=positions, right=st.booleans(), blank=st.booleans(), lag=lags)
    def save(self, client: str, item: int, right: bool, blank: bool, lag: float) -> None:
        self.counter[client] += 1
        numbers = self.keys[item] if right else self.sitting.wrong(item)
        entry = Entry(item, self.counter[client], () if blank else numbers)
        self.sent.append((client, entry))
        self.deliver(client, entry, max(0.0, self.now - lag))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def replay(self, data: Any) -> None:
        client, entry = data.draw(st.sampled_from(self.sent))
        self.deliver(client, entry, self.now)

    @rule(client=clients, by_timer=st.booleans(), honest=st.booleans())
    def submit(self, client: str, by_timer: bool, honest: bool) -> None:
        newest = {item: seq for (owner, item), seq in self.seqs.items() if owner == client}
        if not honest:
            newest[1] = self.counter[client] + 1
        time_left = self.now < self.deadline
        expected = "done"
        if self.open and by_timer and time_left:
            expected = "time-left"
        elif self.open and not honest and self.now <= self.deadline + GRACE:
            expected = "unsynced"
        try:
            self.sitting.submit(at=self.now, newest=newest, client=client, by_timer=by_timer)
        except attempts.RefusedError as refusal:
            assert refusal.code == expected
        else:
            assert expected == "done"
            self.state = "scored" if self.open else self.state

    @rule(seconds=st.sampled_from([0.5, 1.0, 3.0, 600.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(offset=st.sampled_from([-2.0, -0.001, 0.0, 4.999, 5.0, 5.001, 7.9, 8.0, 8.001]))
    def wait_until_around_the_deadline(self, offset: float) -> None:
        self.now = max(self.now, self.deadline + offset)

    @rule(by=st.sampled_from(["owner", "sweeper"]))
    def close_if_over(self, by: str) -> None:
        if by == "owner":
            attempts.close_if_overdue(self.sitting.reload(), self.sitting.at(self.now))
        else:
            attempts.sweep(self.sitting.at(self.now), _fail)
        if self.open and self.now > self.deadline + GRACE + LOCK_WAIT:
            self.state = "scored"

    @rule(extra=st.sampled_from([-60.0, 1.0, 300.0]))
    def move_deadline(self, extra: float) -> None:
        target = self.deadline + extra
        possible = self.open and target > max(self.now, self.deadline)
        try:
            attempts.move_deadline(
                self.sitting.attempt, self.sitting.at(target), reason="drill", by=self.staff,
                now=self.sitting.at(self.now),
            )  # fmt: skip
        except attempts.RefusedError:
            assert not possible
        else:
            assert possible
            self.deadline = target

    @rule(item=positions)
    def reveal(self, item: int) -> None:
        tutor = self.sitting.attempt.is_tutor
        possible = tutor and self.open and self.now <= self.deadline + GRACE
        try:
            self.sitting.reveal(item, at=self.now)
        except attempts.RefusedError:
            assert not possible
        else:
            assert possible
            self.revealed.add(item)

    @rule(sure=st.integers(0, 9))
    def void(self, sure: int) -> None:
        """Rarely: it would end most lives early."""
        if sure:
            return
        try:
            attempts.void(
                self.sitting.attempt, reason="drill", by=self.staff, now=self.sitting.at(self.now)
            )
        except attempts.RefusedError:
            assert self.state == "void"
        self.state = "void"

    # --- what always holds ---

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        attempt = self.sitting.reload()
        assert attempt.state == self.state
        assert attempt.deadline == self.sitting.at(self.deadline)
        assert attempt.rev == self.written == attempt.responses.count()
        assert self.sitting.state() == self.answers
        assert attempt.events.filter(kind="late").count() == self.late

    @invariant()
    def there_is_one_result_exactly_when_it_was_scored(self) -> None:
        attempt = self.sitting.attempt
        closed = attempt.events.filter(kind="closed").count()
        assert attempt.results.count() == closed == self._was_scored()
        if closed:
            assert attempt.closed_at is not None
            assert attempt.closed_at <= self.sitting.at(self.deadline)
            scored = set(self.sitting.positions(unscored=False))
            right = {n for n, numbers in self.answers.items() if numbers == self.keys[n]}
            assert attempt.results.get().raw == len(right & scored)

    def _was_scored(self) -> int:
        if self.state == "void":
            return int(AttemptItem.objects.filter(
                attempt=self.sitting.attempt, awarded__isnull=False
            ).exists())  # fmt: skip
        return int(self.state == "scored")


def _fail(attempt: Attempt, error: Exception) -> None:
    raise AssertionError(f"{attempt} could not be closed") from error


def test_no_sequence_of_steps_leads_out_of_the_model(
    bank: Callable[..., Any], subject: Any, learner: Any, reviewer: Any
) -> None:
    bank(ITEMS * 2)
    Life.blueprint = factories.blueprint(subject, item_count=ITEMS)
    Life.owner, Life.staff = learner, reviewer
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Driving one attempt through ``exams.attempts``, with the clock as seconds since its start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exams import attempts, marking
from exams.models import Attempt, AttemptItem, ExamBlueprint, Owner
from exams.protocol import Batch, Entry, Submission
from tests.factories import NOW


def begin(owner: Owner | Any, blueprint: ExamBlueprint, **changes: Any) -> Sitting:
    """Start an attempt in exam mode with the standard time; ``owner`` may be a user."""
    if not isinstance(owner, Owner):
        owner = Owner(user=owner)
    values: dict[str, Any] = {"mode": "exam", "accommodation": "x1", "seed": 1, "now": NOW}
    return Sitting(owner, attempts.start(owner, blueprint, **(values | changes)))


@dataclass
class Sitting:
    owner: Owner
    attempt: Attempt

    @property
    def limit(self) -> float:
        """Seconds from the start to the deadline."""
        assert self.attempt.deadline is not None
        return (self.attempt.deadline - self.attempt.started_at).total_seconds()

    def at(self, seconds: float) -> datetime:
        return self.attempt.started_at + timedelta(seconds=seconds)

    def save(
        self, *entries: Entry, client: str = "tab", base_rev: int = 0, at: float = 60
    ) -> attempts.SaveReply:
        batch = Batch(client, base_rev, entries)
        return attempts.save(self.owner, self.attempt.pk, batch, arrival=self.at(at))

    def submit(
        self,
        *,
        at: float = 120,
        newest: dict[int, int] | None = None,
        client: str = "tab",
        by_timer: bool = False,
    ) -> Attempt:
        submission = Submission(client, newest or {}, by_timer)
        return attempts.submit(self.owner, self.attempt.pk, submission, arrival=self.at(at))

    def reveal(self, position: int, *, at: float = 60) -> AttemptItem:
        return attempts.reveal(self.owner, self.attempt.pk, position, arrival=self.at(at))

    def item(self, position: int) -> AttemptItem:
        return self.attempt.items.select_related("revision").get(position=position)

    def keys(self, position: int) -> tuple[int, ...]:
        """The numbers, as shown, that are right."""
        item = self.item(position)
        keys = marking.keys_in_force([item.revision_id])[item.revision_id].keys
        return tuple(n for n, pk in enumerate(item.choice_order, 1) if pk in keys)

    def wrong(self, position: int) -> tuple[int, ...]:
        """As many numbers as there are keys, of which one at least is not right."""
        item, keys = self.item(position), self.keys(position)
        others = [n for n in range(1, len(item.choice_order) + 1) if n not in keys]
        return tuple(sorted([others[0], *keys[1:]]))

    def answer(self, positions: Iterable[int], *, right: bool = True, seq: int = 1) -> None:
        """One batch that answers these items rightly or wrongly."""
        pick = self.keys if right else self.wrong
        self.save(*(Entry(n, seq + i, pick(n)) for i, n in enumerate(positions)))

    def positions(self, *, unscored: bool) -> list[int]:
        rows = self.attempt.items.filter(unscored=unscored).order_by("position")
        return list(rows.values_list("position", flat=True))

    def state(self) -> dict[int, tuple[int, ...]]:
        """What counts: per item with a response the numbers chosen in the newest one."""
        found = {}
        for response in marking.newest_responses(self.attempt).select_related("item"):
            order = response.item.choice_order
            numbers = sorted(order.index(pk) + 1 for pk in response.selected)
            found[response.item.position] = tuple(numbers)
        return found

    def reload(self) -> Attempt:
        self.attempt = Attempt.objects.get(pk=self.attempt.pk)
        return self.attempt

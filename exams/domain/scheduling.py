"""When to meet a missed question again: FSRS, two ratings, no dice, not after the exam. Pure.

The states are exactly those of the ``fsrs`` package (free spaced repetition scheduler, version 6
of the model) without fuzz; only the day it is shown may come earlier, to fall before the exam.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fsrs import Card, Rating, Scheduler

RETENTION = 0.9  # of what is due, the share to be still known

SCHEDULER = Scheduler(desired_retention=RETENTION, enable_fuzzing=False)


def reviewed(
    state: dict[str, Any] | None, right: bool, at: datetime, exam_at: datetime | None = None
) -> dict[str, Any]:
    """A card's state after an answer; ``None`` is a question never reviewed.

    Right is FSRS's "good", wrong its "again". The state is plain JSON; ``due`` and
    ``last_review`` are ISO times in UTC. Raises ValueError for a time without a zone, or one
    before the card's last review.
    """
    if at.tzinfo is None:
        raise ValueError("A review's time has a zone.")
    now = at.astimezone(UTC)
    card = new_card(now) if state is None else _card(state)
    if card.last_review is not None and now < card.last_review:
        raise ValueError("A review does not come before the one it follows.")
    card, _ = SCHEDULER.review_card(card, Rating.Good if right else Rating.Again, now)
    card.due = capped(card.due, now, exam_at)
    return {name: value for name, value in card.to_dict().items() if name != "card_id"}


def replayed(
    answers: Iterable[tuple[datetime, bool]], exam_at: datetime | None = None
) -> dict[str, Any] | None:
    """The state after (time, right) answers in any order; ``None`` without any."""
    state = None
    for at, right in sorted(answers):
        state = reviewed(state, right, at, exam_at)
    return state


def new_card(now: datetime) -> Card:
    """A card in its first state; id and time are given, so that no clock is read."""
    return Card(card_id=0, due=now)


def _card(state: dict[str, Any]) -> Card:
    return Card.from_dict({**state, "card_id": 0})  # type: ignore[typeddict-item]


def capped(due: datetime, now: datetime, exam_at: datetime | None) -> datetime:
    """``due``, or the exam when that comes first; an exam that is over caps nothing."""
    if exam_at is None or exam_at <= now:
        return due
    return min(due, exam_at.astimezone(UTC))


def due_at(state: dict[str, Any]) -> datetime:
    """When a card is due, in UTC."""
    return _card(state).due


def recall(state: dict[str, Any], at: datetime) -> float:
    """FSRS's chance that the answer is still known, 0-1."""
    return float(SCHEDULER.get_card_retrievability(_card(state), at.astimezone(UTC)))

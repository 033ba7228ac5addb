"""Everything that happened in an attempt, in order: the answer log and the event log as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exams.models import Attempt, AttemptEvent, Response
from exams.queries.paper import MARKERS


@dataclass(frozen=True, slots=True)
class Moment:
    """One line: an event (``event``), or what a response changed of an item (``changes``).

    ``changes`` holds (what, before, after); choices by their markers on this paper.
    """

    at: datetime
    event: AttemptEvent | None = None
    item: int | None = None
    changes: tuple[tuple[str, str, str], ...] = ()


def timeline(attempt: Attempt) -> list[Moment]:
    """The attempt's moments, oldest first, in two statements. Keys play no part in it."""
    events = (
        Moment(event.at, event=event)
        for event in attempt.events.select_related("by").order_by("at", "pk")
    )
    return sorted([*events, *_answers(attempt)], key=lambda moment: moment.at)


def _answers(attempt: Attempt) -> Iterator[Moment]:
    before: dict[int, Response] = {}
    for response in attempt.responses.select_related("item").order_by("rev"):
        changes = tuple(_changes(before.get(response.item_id), response))
        before[response.item_id] = response
        if changes:
            yield Moment(response.received_at, item=response.item.position, changes=changes)


def _changes(old: Response | None, new: Response) -> Iterator[tuple[str, str, str]]:
    pairs: list[tuple[str, Any, Any]] = [
        ("selected", _markers(old, "selected"), _markers(new, "selected")),
        ("struck", _markers(old, "struck"), _markers(new, "struck")),
        ("flagged", bool(old and old.flagged), new.flagged),
        ("sure", old.sure if old else None, new.sure),
        ("language", old.language if old else new.language, new.language),
    ]
    for name, was, now in pairs:
        if was != now:
            yield name, _word(was), _word(now)


def _markers(response: Response | None, name: str) -> str:
    """Chosen or struck choices as the letters they had on the paper."""
    if response is None:
        return ""
    order = response.item.choice_order
    return " ".join(sorted(MARKERS[order.index(pk)] for pk in getattr(response, name)))


def _word(value: Any) -> str:
    return {True: "✓", False: "✗", None: ""}.get(value, value) or "–"

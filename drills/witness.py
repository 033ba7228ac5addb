"""What the database says of what was promised, read with SQL of our own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drills.browsers import Ack
from drills.databases import Database, hex_of, loaded, moment

_RESPONSES = """
SELECT response.attempt_id, response.client_id, response.seq, item.position, response.selected,
       item.choice_order, response.rev, response.received_at
FROM exams_response response JOIN exams_attemptitem item ON item.id = response.item_id
"""
_FINAL = """
SELECT attempt.id, attempt.state, item.position, response.selected, item.choice_order
FROM exams_attempt attempt JOIN exams_attemptitem item ON item.attempt_id = attempt.id
LEFT JOIN exams_response response ON response.id = item.final_response_id
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A response as it is stored; ``picks`` are choice numbers as shown."""

    attempt: str
    client: str
    seq: int
    item: int
    picks: list[int]
    rev: int
    received: datetime


def stored(database: Database) -> list[Stored]:
    return [
        Stored(hex_of(attempt), client, seq, item, _shown(selected, order), rev, moment(received))
        for attempt, client, seq, item, selected, order, rev, received in database.rows(_RESPONSES)
    ]


def _shown(selected: Any, order: Any) -> list[int]:
    numbers = {choice: n for n, choice in enumerate(loaded(order), 1)}
    return [numbers[choice] for choice in loaded(selected)]


def lost(database: Database, acks: Iterable[Ack]) -> list[Ack]:
    """Acknowledged entries that are not stored as they were sent."""
    found = {(row.attempt, row.client, row.seq): row for row in stored(database)}

    def kept(ack: Ack) -> bool:
        row = found.get((ack.attempt, ack.client, ack.seq))
        return row is not None and (row.item, row.picks) == (ack.item, [ack.pick])

    return [ack for ack in acks if not kept(ack)]


def results(database: Database) -> dict[str, int]:
    """How many results each attempt has, for those that have any."""
    sql = "SELECT attempt_id, COUNT(*) FROM exams_result GROUP BY attempt_id"
    return {hex_of(attempt): count for attempt, count in database.rows(sql)}


def doubles(database: Database) -> int:
    return sum(count > 1 for count in results(database).values())


def states(database: Database) -> dict[str, str]:
    sql = "SELECT id, state FROM exams_attempt"
    return {hex_of(attempt): state for attempt, state in database.rows(sql)}


def scored_picks(database: Database) -> dict[tuple[str, int], list[int]]:
    """By attempt and item what was scored, of closed attempts; blanks are left out."""
    return {
        (hex_of(attempt), item): _shown(selected, order)
        for attempt, state, item, selected, order in database.rows(_FINAL)
        if state == "scored" and selected is not None
    }


def newest_picks(database: Database) -> dict[tuple[str, int], list[int]]:
    """By attempt and item the stored state with the highest ``rev``."""
    rows = sorted(stored(database), key=lambda row: row.rev)
    return {(row.attempt, row.item): row.picks for row in rows}


def scored_wrongly(database: Database) -> int:
    """Items of closed attempts that were scored on anything but their newest state."""
    scored = scored_picks(database)
    closed = {attempt for attempt, state in states(database).items() if state == "scored"}
    newest = {k: v for k, v in newest_picks(database).items() if k[0] in closed}
    return sum(scored.get(key) != newest.get(key) for key in scored.keys() | newest.keys())


def late_entries(database: Database) -> set[tuple[str, str, int]]:
    """(attempt, client, seq) of entries that the event log holds as too late."""
    sql = "SELECT attempt_id, detail FROM exams_attemptevent WHERE kind = 'late'"
    rows = [(hex_of(attempt), loaded(detail)) for attempt, detail in database.rows(sql)]
    return {
        (attempt, detail["client_id"], entry["seq"])
        for attempt, detail in rows
        for entry in detail["entries"]
    }

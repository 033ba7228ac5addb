"""The statements of a save, written out.

The ORM would build the same SQL anew at every save, which costs several times what running it
does, and saving is what a server does all day during an exam (``make bench``). Everything
else in the project goes through the ORM.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from exams.models import Attempt, Owner, Response

_LOCK = "SELECT * FROM exams_attempt WHERE id = %s AND {column} = %s"
_ITEMS = """
SELECT item.position, item.id, item.choice_order, item.revealed_at IS NOT NULL,
       revision.pick_count,
       (SELECT MAX(seq) FROM exams_response response
        WHERE response.attempt_id = item.attempt_id AND response.item_id = item.id
          AND response.client_id = %s)
FROM exams_attemptitem item
JOIN questions_questionrevision revision ON revision.id = item.revision_id
WHERE item.attempt_id = %s AND item.position IN ({places})
"""
_COLUMNS = (
    "attempt_id, item_id, client_id, seq, rev, selected, flagged, struck, sure, language,"
    " shown_ms, received_at"
)
_APPEND = f"INSERT INTO exams_response ({_COLUMNS}) VALUES "  # noqa: S608 - our own words
_ROW = "(" + ", ".join(["%s"] * 12) + ")"
_REV = "UPDATE exams_attempt SET rev = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """What a save has to know of an item; ``newest_seq`` is this client's, 0 for none."""

    pk: int
    choice_order: list[int]
    revealed: bool
    pick_count: int
    newest_seq: int


def lock_attempt(owner: Owner, attempt_id: UUID) -> Attempt | None:
    """The owner's attempt, locked for the transaction: the row on PostgreSQL, the database on
    SQLite (its transactions begin IMMEDIATE)."""
    [(column, value)] = owner.lookup.items()
    sql = _LOCK.format(column=column)
    if connection.features.has_select_for_update:
        sql += " FOR UPDATE"
    return next(iter(Attempt.objects.raw(sql, [_uuid(attempt_id), value])), None)


def answer_places(
    attempt: Attempt, client_id: str, positions: Sequence[int]
) -> dict[int, AnswerPlace]:
    """The items at ``positions`` that are on the paper, by position."""
    if not positions:
        return {}
    sql = _ITEMS.format(places=", ".join(["%s"] * len(positions)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [client_id, _uuid(attempt.pk), *positions])
        return {
            position: AnswerPlace(pk, json.loads(order), bool(revealed), picks, newest or 0)
            for position, pk, order, revealed, picks, newest in cursor.fetchall()
        }


def append(attempt: Attempt, responses: Iterable[Response]) -> None:
    """Write the responses and the attempt's ``rev``, one statement each."""
    rows = [_values(response) for response in responses]
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND + ", ".join([_ROW] * len(rows)), [value for row in rows for value in row]
        )
        cursor.execute(_REV, [attempt.rev, _uuid(attempt.pk)])


def _values(response: Response) -> list[Any]:
    return [
        _uuid(response.attempt_id),
        response.item_id,
        response.client_id,
        response.seq,
        response.rev,
        json.dumps(response.selected),
        response.flagged,
        json.dumps(response.struck),
        response.sure,
        response.language,
        response.shown_ms,
        connection.ops.adapt_datetimefield_value(response.received_at),
    ]


def _uuid(value: UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex

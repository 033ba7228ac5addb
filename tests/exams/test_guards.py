"""The database refuses to rewrite an attempt, even by raw SQL."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.deletion import ProtectedError

from exams.protocol import Entry
from tests.conftest import GUARDED
from tests.exams.sitting import Sitting

pytestmark = pytest.mark.database

REWRITES = {
    "change a response": "UPDATE exams_response SET selected = '[]'",
    "delete a response": "DELETE FROM exams_response",
    "change a result": "UPDATE exams_result SET raw = 6",
    "delete a result": "DELETE FROM exams_result",
    "change an event": "UPDATE exams_attemptevent SET kind = 'late'",
    "delete an event": "DELETE FROM exams_attemptevent",
    "delete an attempt": "DELETE FROM exams_attempt",
    "delete an item": "DELETE FROM exams_attemptitem",
    "unscore an item": "UPDATE exams_attemptitem SET unscored = NOT unscored WHERE position = 1",
    "move an item": "UPDATE exams_attemptitem SET position = 99 WHERE position = 1",
    "reorder the choices": "UPDATE exams_attemptitem SET choice_order = '[1]' WHERE position = 1",
    "swap the question": (
        "UPDATE exams_attemptitem SET revision_id = (SELECT MIN(id) FROM questions_questionrevision"
        " WHERE id NOT IN (SELECT revision_id FROM exams_attemptitem)) WHERE position = 1"
    ),
    "open a closed attempt": (
        "UPDATE exams_attempt SET state = 'in_progress', closed_at = NULL, closed_by = ''"
    ),
}


def run(sql: str, *params: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@pytest.fixture
def closed(sitting: Sitting) -> Sitting:
    sitting.save(Entry(1, 1, (1,)))
    sitting.submit()
    return sitting


@pytest.mark.parametrize("sql", REWRITES.values(), ids=REWRITES.keys())
def test_a_rewrite_is_refused(closed: Sitting, sql: str) -> None:
    with pytest.raises(DatabaseError):
        run(sql)


@pytest.mark.django_db
def test_every_guard_that_migrations_made_is_there_after_the_last_one() -> None:
    """Altering a table on SQLite makes it anew, and its triggers are lost on the way."""
    guards = [guard for name in GUARDED for guard in import_module(name).GUARDS]
    wanted = {f"{guard.name}_{event.lower()}" for guard in guards for event in guard.events}
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        assert wanted <= {name for (name,) in cursor.fetchall()}


def test_no_response_is_added_to_a_closed_attempt(closed: Sitting) -> None:
    add = (
        "INSERT INTO exams_response (attempt_id, item_id, client_id, seq, rev, selected, flagged,"
        " struck, language, shown_ms, received_at) SELECT attempt_id, item_id, 'raw', 99, 99,"
        " selected, flagged, struck, language, shown_ms, received_at FROM exams_response"
    )
    with pytest.raises(DatabaseError, match="closed"):
        run(add)


def test_the_same_row_goes_into_an_open_attempt(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)))
    add = (
        "INSERT INTO exams_response (attempt_id, item_id, client_id, seq, rev, selected, flagged,"
        " struck, language, shown_ms, received_at) SELECT attempt_id, item_id, 'raw', 99, 99,"
        " selected, flagged, struck, language, shown_ms, received_at FROM exams_response"
    )
    assert run(add) == 1


def test_what_scoring_derives_may_be_written_again(closed: Sitting) -> None:
    assert run("UPDATE exams_attemptitem SET awarded = 1 WHERE position = 1") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE questions_choice SET is_key = NOT is_key",
        "UPDATE questions_questionrevision SET stem_en = 'another'",
        "DELETE FROM questions_choice",
        "UPDATE questions_reference SET url = 'https://example.com/'",
    ],
)
def test_the_content_of_an_attempt_is_frozen(closed: Sitting, sql: str) -> None:
    with pytest.raises(DatabaseError, match="frozen"):
        run(sql)


def test_a_question_that_was_asked_cannot_be_deleted(closed: Sitting) -> None:
    with pytest.raises(ProtectedError):
        closed.item(1).revision.question.delete()


def test_a_learner_with_attempts_cannot_be_deleted_by_the_way(closed: Sitting) -> None:
    with pytest.raises(ProtectedError):
        closed.owner.user.delete()

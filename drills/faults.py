"""Faults to plant, each of which must make a drill fail. Only ``drills.settings`` knows them."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.conf import settings

DELAY_SECONDS = 0.4


class Faults(AppConfig):
    """Plants the fault that ``settings.FAULT`` names. Raises KeyError for an unknown one."""

    name = "drills"

    def ready(self) -> None:
        FAULTS[settings.FAULT]()


def acknowledge_early() -> None:
    """Say "saved" first and commit a little later: a crash in between loses it."""
    from django.db import connection, transaction

    from exams import attempts

    save = attempts.save

    def later(*args: Any, **kwargs: Any) -> None:
        try:
            save(*args, **kwargs)
        finally:
            connection.close()

    def early(*args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            reply = save(*args, **kwargs)
            transaction.set_rollback(True)
        threading.Timer(DELAY_SECONDS, later, args, kwargs).start()
        return reply

    attempts.save = early


def score_twice() -> None:
    """Look whether the attempt is open outside of its lock, then close it."""
    from django.db import transaction

    from exams import attempts
    from exams.attempts import closing
    from exams.models import Attempt, Owner

    def submit(owner: Owner, attempt_id: UUID, submission: Any, *, arrival: datetime) -> Attempt:
        attempt = Attempt.objects.owned_by(owner).get(pk=attempt_id)
        if attempt.is_open:
            time.sleep(DELAY_SECONDS)
            with transaction.atomic():
                closing.close(attempt, Attempt.ClosedBy.OWNER, arrival)
        return attempt

    attempts.submit = submit


def ignore_deadline() -> None:
    """Take whatever arrives while the attempt is open."""
    from exams.models import Attempt

    def accepts(self: Attempt, arrival: datetime) -> bool:
        return True

    Attempt.accepts = accepts  # type: ignore[method-assign]


def sweep_hastily() -> None:
    """Close at the end of the grace, without a thought for saves that wait for the lock."""
    from exams import sweeper

    settings.LOCK_TIMEOUT = sweeper.PATIENCE = timedelta()


def copy_files() -> None:
    """Back SQLite up as people do: copy the file, leave the log."""
    from exams.management.commands import backup

    def copied(source: sqlite3.Connection, path: Path) -> None:
        [[_, _, name]] = source.execute("PRAGMA database_list").fetchall()
        shutil.copyfile(name, path)

    backup.copy_sqlite = copied


def swallow_outage() -> None:
    """Answer "saved" when the database does not."""
    from django.db import OperationalError

    from exams import attempts
    from exams.attempts.saving import SaveReply
    from exams.models import Attempt

    save = attempts.save

    def optimistic(owner: Any, attempt_id: UUID, batch: Any, *, arrival: datetime) -> SaveReply:
        try:
            return save(owner, attempt_id, batch, arrival=arrival)
        except OperationalError:
            attempt = Attempt(pk=attempt_id, started_at=arrival)
            return SaveReply(attempt, {entry.item: entry.seq for entry in batch.entries})

    attempts.save = optimistic


FAULTS: dict[str, Callable[[], None]] = {
    "acknowledge-early": acknowledge_early,
    "score-twice": score_twice,
    "ignore-deadline": ignore_deadline,
    "sweep-hastily": sweep_hastily,
    "copy-files": copy_files,
    "swallow-outage": swallow_outage,
}

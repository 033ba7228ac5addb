"""``manage.py backup DEST``: a copy of the database in use, checked, with a manifest.

What was acknowledged before the backup began is in it. Learners go on: SQLite is read through
its online backup, PostgreSQL through one snapshot that pg_dump and the counting share.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from argparse import ArgumentParser
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from exams.management.commands import restore_check
from exams.management.commands.restore_check import DamagedError

READABLE_BY_OWNER = 0o600  # answers and addresses of people are in it


class Command(BaseCommand):
    help = "Copy the database while it is in use, check the copy and write a manifest beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "dest", type=Path, help="file to write, or a folder: then the name is the time"
        )

    def handle(self, *args: Any, dest: Path, **options: Any) -> None:
        began = timezone.now()
        path = _place(dest, began)
        part = path.with_name(path.name + ".part")
        try:
            part.touch(READABLE_BY_OWNER, exist_ok=False)
            try:
                rows = _copy(part)
                manifest = _manifest(part, rows, began)
                _settle(part, path, manifest)
            finally:
                part.unlink(missing_ok=True)
        except (DamagedError, OSError, sqlite3.Error) as error:
            raise CommandError(f"There is no backup: {error}") from error
        self.stdout.write(f"{path}: {sum(rows.values())} rows, {manifest['bytes']} bytes")


def _place(dest: Path, now: datetime) -> Path:
    """The file to write. Raises CommandError when it is there already."""
    suffix = "sqlite3" if connection.vendor == "sqlite" else "dump"
    path = dest / f"cutscore-{now:%Y%m%d-%H%M%S}.{suffix}" if dest.is_dir() else dest
    if path.exists():
        raise CommandError(f"{path} is there already: a backup overwrites nothing.")
    return path


def _copy(path: Path) -> dict[str, int]:
    """Write the copy; returns the rows by table that have to be in it."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=30)) as source:
            copy_sqlite(source, path)
        with closing(sqlite3.connect(path)) as copy:
            return restore_check.sqlite_rows(copy)
    return _dump_postgresql(path)


def copy_sqlite(source: sqlite3.Connection, path: Path) -> None:
    """All pages in one step: one moment's state, and writers do not wait for it.

    The copy is one file, without the log that the original has beside it.
    """
    with closing(sqlite3.connect(path)) as copy:
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")


def _dump_postgresql(path: Path) -> dict[str, int]:
    """Dump and count in the same snapshot. Raises DamagedError when pg_dump fails."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        _pg_dump(path, cursor.fetchone()[0])
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        tables = [name for (name,) in cursor.fetchall()]
        rows = {}
        for name in tables:
            cursor.execute(f'SELECT COUNT(*) FROM "{name}"')  # noqa: S608 - names of tables
            rows[name] = cursor.fetchone()[0]
    return rows


def _pg_dump(path: Path, snapshot: str) -> None:
    chosen = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={path}"]
    settings = connection.settings_dict
    [_, *place], secrets = connection.client.settings_to_cmd_args_env(settings, chosen)
    environment = os.environ | (secrets or {})
    try:
        subprocess.run(  # noqa: S603 - where the settings point
            ["pg_dump", *place],  # noqa: S607 - wherever it is installed
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise DamagedError("pg_dump is not installed here") from error
    except subprocess.CalledProcessError as error:
        raise DamagedError(f"pg_dump says {error.stderr.strip()[-300:]}") from error


def _manifest(copy: Path, rows: dict[str, int], began: datetime) -> dict[str, Any]:
    """What the copy is, after it was opened and checked. Raises DamagedError."""
    kind = connection.vendor
    if restore_check.count_rows(copy, kind) != rows:
        raise DamagedError("the copy has other rows than the database had")
    return {
        "format": restore_check.FORMAT,
        "database": kind,
        "began_at": began.isoformat(),
        "ended_at": timezone.now().isoformat(),
        "bytes": copy.stat().st_size,
        "sha256": restore_check.sha256(copy),
        "rows": rows,
    }


def _settle(part: Path, path: Path, manifest: dict[str, Any]) -> None:
    """Both files on the disk under their names, the copy first."""
    _sync(part)
    part.rename(path)
    beside = restore_check.manifest_of(path)
    beside.write_text(json.dumps(manifest, indent=2) + "\n")
    _sync(beside)
    _sync(path.parent)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""``manage.py restore_check FILE``: whether a copy of the database can be restored.

Opens the copy itself, not the database in use: the manifest's checksum, the integrity of the
file, and the number of rows of every table.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

MANIFEST = ".manifest.json"
FORMAT = "cutscore-backup/1"
CHUNK = 1024 * 1024
COPY = re.compile(r'COPY (?:\w+|"[^"]+")\.(\w+|"[^"]+") \(')


class DamagedError(Exception):
    """The copy is not what it should be."""


class Command(BaseCommand):
    help = "Check a copy made by backup: checksum, integrity, rows. Exit 1 when it is damaged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the copy; its manifest lies beside it")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = verify(file)
        except (DamagedError, OSError) as error:
            raise CommandError(f"{file}: {error}") from error
        rows = sum(manifest["rows"].values())
        self.stdout.write(
            f"{file} is whole: {rows} rows in {len(manifest['rows'])} tables,"
            f" taken at {manifest['began_at']}"
        )


def verify(file: Path) -> dict[str, Any]:
    """The copy's manifest, when all of it is true. Raises DamagedError and OSError."""
    manifest = read_manifest(file)
    if file.stat().st_size != manifest["bytes"] or sha256(file) != manifest["sha256"]:
        raise DamagedError("it is not the file that was written (checksum)")
    if (rows := count_rows(file, manifest["database"])) != manifest["rows"]:
        raise DamagedError(f"it lacks rows: {_differences(manifest['rows'], rows)}")
    return manifest


def read_manifest(file: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(manifest_of(file).read_text())
    except ValueError as error:
        raise DamagedError("its manifest is not JSON") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise DamagedError(f"its manifest is not in the format {FORMAT}")
    return manifest


def manifest_of(file: Path) -> Path:
    return file.with_name(file.name + MANIFEST)


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def count_rows(file: Path, kind: str) -> dict[str, int]:
    """Rows by table, read from the copy. Raises DamagedError when it cannot be read whole."""
    return _rows_of_sqlite(file) if kind == "sqlite" else _rows_of_dump(file)


def _rows_of_sqlite(file: Path) -> dict[str, int]:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)) as copy:
            if (said := copy.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
                raise DamagedError(f"its integrity check says {said[0][0]}")
            if copy.execute("PRAGMA foreign_key_check").fetchall():
                raise DamagedError("it has rows that point nowhere")
            return sqlite_rows(copy)
    except sqlite3.DatabaseError as error:
        raise DamagedError(str(error)) from error


def sqlite_rows(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows by table, but for SQLite's own tables."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in sorted(tables)
        if not name.startswith("sqlite_")
    }


def _rows_of_dump(file: Path) -> dict[str, int]:
    """Unpack the dump's data, as restoring would, and count its lines."""
    command = ["pg_restore", "--data-only", "--file=-", str(file)]
    try:
        with subprocess.Popen(  # noqa: S603 - no shell, a file's name
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as unpack:
            assert unpack.stdout is not None
            assert unpack.stderr is not None
            rows = _lines_by_table(unpack.stdout)
            said = unpack.stderr.read().decode(errors="replace").strip()
    except FileNotFoundError as error:
        raise DamagedError("pg_restore is not installed here") from error
    if unpack.returncode:
        raise DamagedError(f"pg_restore cannot read it: {said[-300:]}")
    return rows


def _lines_by_table(script: Iterable[bytes]) -> dict[str, int]:
    rows: dict[str, int] = {}
    table = ""
    for line in script:
        if table and line == b"\\.\n":
            table = ""
        elif table:
            rows[table] += 1
        elif line.startswith(b"COPY ") and (match := COPY.match(line.decode())):
            table = match[1].strip('"')
            rows[table] = 0
    return dict(sorted(rows.items()))


def _differences(written: dict[str, int], found: dict[str, int]) -> str:
    names = sorted(written.keys() | found.keys())
    differing = [n for n in names if written.get(n) != found.get(n)]
    return ", ".join(f"{n} {written.get(n)} -> {found.get(n)}" for n in differing[:5])

"""The two databases as the drills see them: a place to put rows in order and to look for them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import psycopg

from tests.postgres import Server


class Database(Protocol):
    """One database. Statements use ``%s``; attempts are named by their hex id."""

    kind: str
    address: str

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]: ...
    def run(self, sql: str, *values: Any) -> None: ...
    def lock(self, attempts: list[str]) -> Any:
        """A context in which somebody else holds what a save of these attempts needs."""


class SQLite:
    kind = "SQLite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"sqlite:///{path}"

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(self._connect()) as connection:
            return connection.execute(sql.replace("%s", "?"), _plain(values)).fetchall()

    def run(self, sql: str, *values: Any) -> None:
        with closing(self._connect()) as connection:
            connection.execute(sql.replace("%s", "?"), _plain(values))

    @contextmanager
    def lock(self, attempts: list[str]) -> Iterator[None]:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, autocommit=True)


class Postgres:
    kind = "PostgreSQL"

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.address = server.of(name)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address, autocommit=True) as connection:
            return connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(sql, values)

    @contextmanager
    def lock(self, attempts: list[str]) -> Iterator[None]:
        sql = "SELECT id FROM exams_attempt WHERE id = ANY(%s) FOR UPDATE"
        with psycopg.connect(self.address) as connection:
            connection.execute(sql, [[UUID(attempt) for attempt in attempts]])
            yield


def _plain(values: tuple[Any, ...]) -> list[Any]:
    """Values as Django writes them into SQLite: UTC without a zone."""
    return [
        value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        if isinstance(value, datetime)
        else value
        for value in values
    ]


def moment(value: Any) -> datetime:
    """A point in time as either database gives it."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value + "+00:00")


def loaded(value: Any) -> Any:
    """A JSON column as either database gives it."""
    return json.loads(value) if isinstance(value, str) else value


def hex_of(value: Any) -> str:
    return value.hex if isinstance(value, UUID) else str(value)


class SQLiteStore:
    """Hands out copies of one prepared file."""

    kind = SQLite.kind

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stage = SQLite(folder / "stage.sqlite3")

    def fresh(self, name: str, folder: Path | None = None) -> SQLite:
        """A copy in ``folder``, else beside the prepared one."""
        path = (folder or self.folder) / f"{name}.sqlite3"
        shutil.copy(self.stage.path, path)
        return SQLite(path)


class PostgresStore:
    """Hands out copies of one prepared database; its server can be stopped and started."""

    kind = Postgres.kind

    def __init__(self, server: Server) -> None:
        self.server = server
        self._admin().run("CREATE DATABASE stage")
        self.stage = Postgres(server, "stage")

    def fresh(self, name: str, folder: Path | None = None) -> Postgres:
        self._admin().run(f'CREATE DATABASE "{name}" TEMPLATE stage')
        return Postgres(self.server, name)

    def empty(self, name: str) -> Postgres:
        self._admin().run(f'CREATE DATABASE "{name}"')
        return Postgres(self.server, name)

    def _admin(self) -> Postgres:
        return Postgres(self.server, "postgres")

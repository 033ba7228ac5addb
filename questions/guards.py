"""Row guards: database triggers that refuse a write even to raw SQL.

The code refuses first and says it better; a guard is the last wall. One description makes
the trigger for SQLite and for PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse ``events`` on ``table`` when ``condition`` (SQL over OLD and NEW) holds."""

    name: str
    table: str
    events: tuple[str, ...]
    condition: str
    message: str

    def create(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [
                f"CREATE TRIGGER {self.name}_{event.lower()} BEFORE {event} ON {self.table}"
                f" WHEN {self._condition(event)}"
                f" BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
                for event in self.events
            ]
        return [statement for event in self.events for statement in self._postgres(event)]

    def drop(self, vendor: str) -> list[str]:
        names = [f"{self.name}_{event.lower()}" for event in self.events]
        if vendor == "sqlite":
            return [f"DROP TRIGGER IF EXISTS {name}" for name in names]
        return [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in names]

    def _condition(self, event: str) -> str:
        """``ROW`` stands for the row that the event is about."""
        return self.condition.replace("ROW.", "NEW." if event == "INSERT" else "OLD.")

    def _postgres(self, event: str) -> list[str]:
        name = f"{self.name}_{event.lower()}"
        row = "OLD" if event == "DELETE" else "NEW"
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {self._condition(event)} THEN RAISE EXCEPTION '{self.message}'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
            f"CREATE TRIGGER {name} BEFORE {event} ON {self.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]


def install(connection: BaseDatabaseWrapper, guards: Iterable[Guard]) -> None:
    """Create the guards' triggers. Meant for migrations."""
    _execute(connection, [sql for guard in guards for sql in guard.create(connection.vendor)])


def remove(connection: BaseDatabaseWrapper, guards: Iterable[Guard]) -> None:
    """Drop the guards' triggers, whether they are there or not."""
    _execute(connection, [sql for guard in guards for sql in guard.drop(connection.vendor)])


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

"""The tables can be taken down and put up again, guards and all, on both databases."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def tables() -> set[str]:
    names = connection.introspection.table_names()
    return {name for name in names if name.startswith(("exams_", "questions_"))}


def triggers() -> set[str]:
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        return {name for (name,) in cursor.fetchall()}


def migrate(*target: str) -> None:
    call_command("migrate", *target, verbosity=0, interactive=False)


def test_down_and_up_again() -> None:
    before = tables(), triggers()
    assert len(before[1]) > 10
    try:
        migrate("exams", "zero")
        migrate("questions", "zero")
        assert (tables(), triggers()) == (set(), set())
    finally:
        migrate()
    assert (tables(), triggers()) == before


def test_the_models_say_what_the_migrations_made() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0, stdout=StringIO())

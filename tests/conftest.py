"""Fixtures that every test may use: the cast, a tiny subject and a bank for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import hypothesis
import pytest

# Examples are timed by nobody: a busy machine must not fail a property.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

GUARDED = ("questions.migrations.0002_frozen_guards", "exams.migrations.0002_attempt_guards")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """On SQLite a flush deletes row by row, which the guards refuse: lift them meanwhile."""
    from django.db import connection

    from questions import guards

    if connection.vendor != "sqlite":
        return
    all_guards = [guard for name in GUARDED for guard in import_module(name).GUARDS]
    flush = connection.ops.execute_sql_flush

    def flush_unguarded(sql_list: list[str]) -> None:
        guards.remove(connection, all_guards)
        flush(sql_list)
        guards.install(connection, all_guards)

    connection.ops.execute_sql_flush = flush_unguarded


@pytest.fixture
def unguarded(db: None) -> Iterator[None]:
    """Without the frozen-content triggers, for a test that tampers with published rows."""
    from django.db import connection

    from questions import guards

    frozen = import_module(GUARDED[0]).GUARDS
    guards.remove(connection, frozen)
    yield
    guards.remove(connection, frozen)
    guards.install(connection, frozen)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Texts are English outside of requests, and no request's language outlives its test."""
    from django.utils import translation

    with translation.override("en"):
        yield


# --- the cast -------------------------------------------------------------------------


def _member(name: str, **columns: Any) -> Any:
    from tests.factories import UserFactory

    return UserFactory(username=name, **columns)


@pytest.fixture
def learner(db: None) -> Any:
    return _member("learner")


@pytest.fixture
def other_learner(db: None) -> Any:
    return _member("other_learner")


@pytest.fixture
def author(db: None) -> Any:
    return _member("author", is_staff=True, role="author")


@pytest.fixture
def reviewer(db: None) -> Any:
    return _member("reviewer", is_staff=True, role="reviewer")


# --- the bank -------------------------------------------------------------------------


@pytest.fixture
def subject(db: None) -> Any:
    from tests import factories

    return factories.subject()


@pytest.fixture
def bank(subject: Any) -> Callable[..., Any]:
    """``bank(n)`` publishes n questions in the tiny subject."""
    from tests import factories

    return lambda count, **changes: factories.questions(subject, count, **changes)

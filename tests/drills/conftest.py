"""A place to drill in, on the database that the tests run on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from drills import house

SEATS = 10


@pytest.fixture(scope="session")
def place() -> Iterator[house.House]:
    """A database file, or a PostgreSQL that can be stopped and syncs what it commits."""
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    with (house.sqlite if sqlite else house.postgresql)(SEATS) as made:
        yield made

"""Counting the statements of a request, besides session, user and transaction control."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

CONTROL = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET |PRAGMA)", re.IGNORECASE)
OTHERS = re.compile(r'(FROM|INTO|UPDATE) "(django_session|auth_user)"')


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yields a list that holds the statements when the block ends."""
    kept: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield kept
    statements = [query["sql"] for query in captured.captured_queries]
    kept += [sql for sql in statements if not CONTROL.match(sql) and not OTHERS.search(sql)]

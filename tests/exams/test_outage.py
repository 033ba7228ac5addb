"""While the database is away, locked or full: 503 with the wish to be asked again, never 500."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from exams import attempts
from exams.models import Attempt
from tests.exams.requests import entry, save, submit
from tests.exams.sitting import Sitting

OUTAGES = {
    "away": OperationalError("the connection is closed"),
    "gone in between": InterfaceError("connection already closed"),
    "no space": OSError(errno.ENOSPC, "No space left on device"),
}


@pytest.fixture
def browser(client: Client, learner: Any) -> Client:
    client.force_login(learner)
    client.raise_request_exception = False
    return client


@contextmanager
def away(error: Exception) -> Iterator[None]:
    """Let every statement fail."""

    def fail(*_: Any) -> Any:
        raise error

    with connection.execute_wrapper(fail):
        yield


@pytest.mark.parametrize("error", OUTAGES.values(), ids=OUTAGES.keys())
def test_a_background_request_is_told_to_come_back(
    browser: Client, sitting: Sitting, error: Exception
) -> None:
    with time_machine.travel(sitting.at(90), tick=False):
        with away(error):
            for reply in (
                save(browser, sitting.attempt, entry(1, 1, 1)),
                submit(browser, sitting.attempt),
            ):
                assert reply.status_code == 503
                assert reply.json() == {"status": "unavailable"}
                assert reply.headers["Retry-After"] == "2"
        assert save(browser, sitting.attempt, entry(1, 1, 1)).status_code == 200


@pytest.mark.parametrize("name", ["home", "exams", "history", "topics", "healthz"])
@pytest.mark.parametrize("error", OUTAGES.values(), ids=OUTAGES.keys())
def test_a_page_says_that_it_will_be_back(
    browser: Client, sitting: Sitting, name: str, error: Exception
) -> None:
    with away(error):
        reply = browser.get(reverse(name))
        assert reply.status_code == 503
        assert reply.headers["Retry-After"] == "2"
        assert b"<h1>" in reply.content
    assert browser.get(reverse(name)).status_code == 200


def test_another_error_is_not_passed_off_as_an_outage(
    browser: Client, monkeypatch: pytest.MonkeyPatch, sitting: Sitting
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOENT, "No such file")

    monkeypatch.setattr(attempts, "save", broken)
    assert save(browser, sitting.attempt, entry(1, 1, 1)).status_code == 500


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_lock_that_lasts_too_long_is_an_outage_and_no_loss(
    browser: Client, sitting: Sitting
) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Attempt.objects.select_for_update(of=("self",)).get(pk=sitting.attempt.pk)
            held.set()
            release.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    impatient = "PRAGMA busy_timeout = 100"
    if connection.vendor == "postgresql":
        impatient = "SET lock_timeout = 100"
    with time_machine.travel(sitting.at(90), tick=False):
        with connection.cursor() as cursor:
            cursor.execute(impatient)
        assert save(browser, sitting.attempt, entry(1, 1, 1)).status_code == 503
        release.set()
        holder.join(10)
        assert save(browser, sitting.attempt, entry(1, 1, 1)).status_code == 200
    connection.close()
    assert len(sitting.state()) == 1

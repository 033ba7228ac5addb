"""A form or a save without its token is refused; the token mends itself."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.exams.requests import entry, message, url
from tests.exams.sitting import Sitting


@pytest.fixture
def browser(learner: Any) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    return client


@pytest.mark.parametrize("name", ["answers", "submit", "form-save"])
def test_without_a_token_nothing_is_taken(browser: Client, sitting: Sitting, name: str) -> None:
    where = url(name, sitting.attempt)
    body = message(entry(1, 1, 1))
    with time_machine.travel(sitting.at(90), tick=False):
        assert browser.post(where, body, content_type="application/json").status_code == 403
        assert browser.post(where, {"item-1": "1"}).status_code == 403
    assert sitting.reload().is_open
    assert not sitting.attempt.responses.exists()


def test_a_fresh_token_is_there_for_the_asking(browser: Client, sitting: Sitting) -> None:
    assert browser.get(reverse("csrf")).status_code == 204
    token = browser.cookies["csrftoken"].value
    with time_machine.travel(sitting.at(90), tick=False):
        reply = browser.post(
            url("answers", sitting.attempt), message(entry(1, 1, 1)),
            content_type="application/json", headers={"X-CSRFToken": token},
        )  # fmt: skip
    assert reply.status_code == 200
    assert sitting.state() == {1: (1,)}


def test_signing_in_again_changes_the_token_and_not_what_was_saved(
    browser: Client, sitting: Sitting, learner: Any
) -> None:
    browser.get(reverse("csrf"))
    old = browser.cookies["csrftoken"].value
    browser.force_login(learner)
    browser.cookies["csrftoken"] = "a" * 32
    with time_machine.travel(sitting.at(90), tick=False):
        where, body = url("answers", sitting.attempt), message(entry(1, 1, 1))
        stale = browser.post(
            where, body, content_type="application/json", headers={"X-CSRFToken": old}
        )
        assert stale.status_code == 403
        browser.get(reverse("csrf"))
        fresh = browser.cookies["csrftoken"].value
        mended = browser.post(
            where, body, content_type="application/json", headers={"X-CSRFToken": fresh}
        )
    assert mended.status_code == 200

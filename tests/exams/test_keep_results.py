"""A visitor's results: kept by signing up, offered after signing in, nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams import attempts
from exams.models import Attempt, Owner
from tests import factories
from tests.exams.requests import visitor

pytestmark = pytest.mark.django_db
KEY = "f" * 32


@pytest.fixture
def visited(bank: Callable[..., Any], subject: Any) -> Client:
    """A browser in which a visitor has started one attempt."""
    bank(16)
    mini = factories.blueprint(subject, item_count=8, open_to_guests=True)
    attempts.start(
        Owner(guest_key=KEY), mini, mode="exam", accommodation="x1", seed=1, now=timezone.now()
    )
    return visitor(KEY)


def sign_up(client: Client) -> None:
    client.post(
        reverse("account_signup"),
        {
            "username": "newcomer",
            "email": "",
            "password1": "korrekt-pferd-9",
            "password2": "korrekt-pferd-9",
        },
    )


def test_signing_up_keeps_the_visitors_results(visited: Client) -> None:
    sign_up(visited)
    attempt = Attempt.objects.get()
    assert attempt.user is not None
    assert attempt.user.get_username() == "newcomer"
    assert attempt.guest_key == ""


def test_signing_up_in_another_browser_takes_nothing(visited: Client) -> None:
    sign_up(Client())
    assert Attempt.objects.get().guest_key == KEY


@pytest.mark.parametrize(("answer", "owner"), [("yes", "learner"), ("no", "")])
def test_after_signing_in_the_learner_is_asked(
    visited: Client, learner: Any, answer: str, owner: str
) -> None:
    visited.force_login(learner, backend="django.contrib.auth.backends.ModelBackend")
    assert reverse("keep") in visited.get(reverse("home")).content.decode()
    visited.post(reverse("keep"), {"keep": answer})
    attempt = Attempt.objects.get()
    assert (attempt.user.get_username() if attempt.user else "") == owner
    assert reverse("keep") not in visited.get(reverse("home")).content.decode()

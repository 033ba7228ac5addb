"""A visitor sits the mini mock without an account, a few times an hour, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from exams.models import Attempt
from exams.owners import COOKIE
from tests import factories
from tests.exams.requests import entry, save, submit, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mini(bank: Callable[..., Any], subject: Any) -> Any:
    cache.clear()
    bank(12, sample=True)
    bank(16, start=100)
    factories.blueprint(subject, item_count=8)
    return factories.blueprint(
        subject, item_count=4, code="mini", samples_only=True, open_to_guests=True
    )


def test_a_visitor_sits_from_start_to_result(client: Client) -> None:
    started = client.post(reverse("mini"))
    attempt = Attempt.objects.get()
    assert started.headers["Location"] == url("attempt", attempt)
    assert client.get(url("attempt", attempt)).status_code == 200
    assert save(client, attempt, entry(1, 1, 1)).json()["acked"] == {"1": 1}
    assert submit(client, attempt).json()["result"] == url("result", attempt)
    assert client.get(url("result", attempt)).status_code == 200
    assert attempt.user is None


def test_the_cookie_is_out_of_reach_of_scripts(client: Client) -> None:
    client.post(reverse("mini"))
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 24 * 3600


def test_a_second_start_leads_back_to_the_open_attempt(client: Client) -> None:
    first = client.post(reverse("mini")).headers["Location"]
    assert client.post(reverse("mini")).headers["Location"] == first
    assert Attempt.objects.count() == 1


def test_other_visitors_see_nothing_of_it(client: Client) -> None:
    client.post(reverse("mini"))
    attempt = Attempt.objects.get()
    stranger = Client()
    assert stranger.get(url("attempt", attempt)).status_code == 302
    assert save(stranger, attempt, entry(1, 1, 1)).status_code == 401
    assert url("attempt", attempt) not in stranger.get(reverse("home")).content.decode()
    assert url("attempt", attempt) in client.get(reverse("home")).content.decode()


def test_starts_of_one_address_are_limited(settings: Any) -> None:
    settings.GUEST_STARTS_PER_HOUR = 3
    answers = [Client().post(reverse("mini")).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post(reverse("mini")).status_code == 302


def test_the_host_may_switch_it_off(client: Client, settings: Any) -> None:
    settings.GUEST_MINI_MOCKS = False
    assert client.post(reverse("mini")).status_code == 404
    assert not Attempt.objects.exists()


def test_a_full_mock_asks_for_an_account(client: Client) -> None:
    where = reverse("exam", args=["tiny", "full-mock"])
    page = client.get(where)
    assert reverse("account_signup") in page.content.decode()
    assert client.post(where, {"mode": "exam", "accommodation": "x1"}).status_code == 403
    assert not Attempt.objects.exists()


def test_the_sample_is_explained_at_once(client: Client) -> None:
    where = reverse("sample-answer", args=["q-00001"])
    page = client.post(where, {"item-1": "1"})
    assert page.context["entry"].verdict == "right"
    assert "데이터가 남습니다" in page.content.decode()
    card = client.post(where, {"item-1": "2"}, headers={"HX-Request": "true"})
    assert card.context["entry"].verdict == "wrong"
    assert b"<html" not in card.content


@pytest.mark.parametrize("code", ["q-00100", "nothing", "Q-00001"])
def test_only_samples_are_explained(client: Client, code: str) -> None:
    where = reverse("sample-answer", args=[code])
    assert client.post(where, {"item-1": "1"}).status_code == 404


def test_the_demo_login_is_not_there_outside_the_demo(client: Client, settings: Any) -> None:
    factories.UserFactory(username="demo-learner")
    where = reverse("demo-login", args=["learner"])
    assert client.get(where).status_code == 404
    settings.DEMO = True
    assert client.get(where).status_code == 302
    assert client.get(reverse("history")).status_code == 200
    assert client.get(reverse("demo-login", args=["author"])).status_code == 404

"""Who gets what from every route: the owner a page, others nothing, strangers the sign-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from exams import urls
from exams.models import Owner
from exams.owners import COOKIE
from tests import factories
from tests.exams.requests import entry, message, post, visitor
from tests.exams.sitting import Sitting, begin

PEOPLE = ("owner", "other", "visitor", "stranger", "author")
JSON_REFUSED = {"other": 404, "author": 404, "visitor": 401, "stranger": 401}
PAGE_REFUSED = {"other": 404, "author": 404, "visitor": 302, "stranger": 302}
ANYBODY = dict.fromkeys(PEOPLE, 200)
SIGNED_IN = {"owner": 200, "other": 200, "author": 200, "visitor": 302, "stranger": 302}


@dataclass(frozen=True)
class Route:
    """How to ask for a route, and what each person is answered."""

    answers: dict[str, int]
    method: str = "get"
    args: tuple[Any, ...] = ()
    body: Any = None
    of: str = ""  # "open", "closed" or "tutor": the attempt it is about


def page(of: str, owner: int = 200, *args: Any, method: str = "get") -> Route:
    return Route({"owner": owner} | PAGE_REFUSED, method, args, of=of)


def background(of: str, body: Any, *args: Any) -> Route:
    return Route({"owner": 200} | JSON_REFUSED, "json", args, body, of)


ROUTES = {
    "home": Route(ANYBODY),
    "sample-answer": Route(ANYBODY, "post", ("q-00101",)),
    "keep": Route(dict.fromkeys(PEOPLE, 302), "post"),
    "mini": Route(dict.fromkeys(PEOPLE, 302), "post"),
    "exams": Route(ANYBODY),
    "exam": Route(ANYBODY, args=("tiny", "full-mock")),
    "attempt": page("open"),
    "answers": background("open", message(entry(1, 1, 1))),
    "form-save": page("open", 302, method="post"),
    "check": page("open"),
    "submit": background("open", {"v": 1, "client_id": "tab"}),
    "result": page("closed"),
    "explanations": page("closed"),
    "timeline": page("closed"),
    "item": page("closed", 200, 1),
    "reveal": background("tutor", {}, 1),
    "history": Route(SIGNED_IN),
    "topics": Route(SIGNED_IN),
    "notes-index": Route(dict.fromkeys(PEOPLE, 302)),
    "notes": Route(ANYBODY, args=("tiny",)),
    "notes-chapter": Route(ANYBODY, args=("tiny", "chapter-1")),
    "desk-items": Route(SIGNED_IN | {"owner": 403, "other": 403}),
    "demo-login": Route(dict.fromkeys(PEOPLE, 404), args=("learner",)),
}


@dataclass
class World:
    people: dict[str, Client]
    attempts: dict[str, Sitting]

    def ask(self, name: str, who: str, route: Route | None = None) -> Any:
        route = route or ROUTES[name]
        args = [self.attempts[route.of].attempt.pk, *route.args] if route.of else route.args
        where, client = reverse(name, args=args), self.people[who]
        if route.method == "json":
            return post(client, where, route.body)
        return client.post(where) if route.method == "post" else client.get(where)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def world(
    exam: Any, bank: Callable[..., Any], subject: Any, learner: Any, other_learner: Any, author: Any
) -> Any:
    bank(6, start=100, sample=True)
    mini = factories.blueprint(
        subject, item_count=4, code="mini", samples_only=True, open_to_guests=True
    )
    tutored = factories.blueprint(subject, item_count=4, code="half-mock")
    begin(Owner(guest_key="visitor"), mini)
    closed = begin(learner, exam)
    closed.submit()
    running = begin(learner, exam, seed=2, now=closed.at(200))
    tutor = begin(learner, tutored, mode="tutor", now=closed.at(200))
    people = {
        "owner": signed_in(learner), "other": signed_in(other_learner), "stranger": Client(),
        "author": signed_in(author), "visitor": visitor("visitor"),
    }  # fmt: skip
    with time_machine.travel(closed.at(300), tick=False):
        yield World(people, {"open": running, "closed": closed, "tutor": tutor})


def test_every_route_is_in_the_table() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(ROUTES)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", ROUTES)
def test_a_route_answers(world: World, name: str, who: str) -> None:
    assert world.ask(name, who).status_code == ROUTES[name].answers[who]


@pytest.mark.parametrize("name", [n for n, r in ROUTES.items() if r.of and r.method != "json"])
def test_a_stranger_is_sent_to_sign_in_and_back(world: World, name: str) -> None:
    location = world.ask(name, "stranger").headers["Location"]
    assert location.startswith(reverse("account_login") + "?next=/attempts/")


@pytest.mark.parametrize("name", ["answers", "submit", "reveal"])
def test_a_background_request_is_never_redirected(world: World, name: str) -> None:
    reply = world.ask(name, "stranger")
    assert reply.status_code == 401
    assert reply.json() == {"status": "signed-out"}
    assert world.ask(name, "other").json() == {"status": "not-found"}


def test_nothing_of_a_refused_request_is_kept(world: World) -> None:
    for who in ("other", "author", "visitor", "stranger"):
        for name in ("answers", "submit", "form-save", "reveal"):
            world.ask(name, who)
    for sitting in world.attempts.values():
        assert not sitting.attempt.responses.exists()
    assert world.attempts["open"].reload().is_open
    assert world.attempts["tutor"].item(1).revealed_at is None


def test_a_forged_guest_cookie_opens_nothing(world: World) -> None:
    guest = world.people["visitor"]
    mine = begin(Owner(guest_key="visitor"), world_mini())
    where = reverse("attempt", args=[mine.attempt.pk])
    assert guest.get(where).status_code == 200
    forged = Client()
    forged.cookies[COOKIE] = "visitor:0:forged"
    assert forged.get(where).status_code == 302
    assert visitor("another").get(where).status_code == 302


def world_mini() -> Any:
    from exams.models import ExamBlueprint

    return ExamBlueprint.objects.get(code="mini")


def test_the_keys_of_an_open_attempt_are_not_even_shown_to_its_owner(world: World) -> None:
    running = Route({}, of="open")
    assert world.ask("result", "owner", running).status_code == 302
    assert world.ask("explanations", "owner", running).status_code == 302
    assert world.ask("item", "owner", Route({}, args=(1,), of="open")).status_code == 404


def test_a_closed_attempt_leads_to_its_result(world: World) -> None:
    closed = Route({}, of="closed")
    result = reverse("result", args=[world.attempts["closed"].attempt.pk])
    for name in ("attempt", "check"):
        assert world.ask(name, "owner", closed).headers["Location"] == result


@pytest.mark.parametrize("name", [n for n, r in ROUTES.items() if r.of])
def test_what_is_the_learners_own_is_not_cached(world: World, name: str) -> None:
    assert "no-store" in world.ask(name, "owner").headers["Cache-Control"]

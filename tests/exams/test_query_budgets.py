"""Pages and saves take a fixed number of statements, whatever the form's size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.exams.requests import entry, save, submit, url
from tests.exams.sitting import Sitting, begin
from tests.exams.statements import counted
from tests.factories import NOW

SIZES = (8, 65)


@pytest.fixture(params=SIZES)
def exam(request: Any, bank: Callable[..., Any], subject: Any) -> Any:
    bank(2 * request.param)
    return factories.blueprint(subject, item_count=request.param)


@pytest.fixture
def browser(client: Client, learner: Any) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def answer_all(client: Client, sitting: Sitting) -> Any:
    items = sitting.attempt.items.all()
    return save(client, sitting.attempt, *(entry(i.position, i.position, 1) for i in items))


def test_a_start_takes_fifteen_statements_at_most(browser: Client, exam: Any) -> None:
    where = reverse("exam", args=["tiny", exam.code])
    with counted() as statements:
        response = browser.post(where, {"mode": "exam", "accommodation": "x1"})
    assert response.status_code == 302
    assert len(statements) <= 15, statements


def test_a_start_with_questions_seen_before_takes_fifteen_at_most(
    browser: Client, exam: Any, sitting: Sitting
) -> None:
    sitting.submit()
    second = begin(sitting.owner, exam, seed=2, now=sitting.at(200))
    second.submit()
    where = reverse("exam", args=["tiny", exam.code])
    with counted() as statements:
        response = browser.post(where, {"mode": "exam", "accommodation": "x1"})
    assert response.status_code == 302
    assert len(statements) <= 15, statements


def test_the_attempt_page_takes_eight_statements_at_most(browser: Client, sitting: Sitting) -> None:
    answer_all(browser, sitting)
    with counted() as statements:
        assert browser.get(url("attempt", sitting.attempt)).status_code == 200
    assert len(statements) <= 8, statements


@pytest.mark.parametrize("again", [False, True])
def test_a_save_takes_six_statements_at_most(
    browser: Client, sitting: Sitting, again: bool
) -> None:
    items = sitting.attempt.items.count()
    for size in (1, items):
        batch = [entry(n, n + again * 100, 1) for n in range(1, size + 1)]
        with counted() as statements:
            assert save(browser, sitting.attempt, *batch).status_code == 200
        assert len(statements) <= 6, statements


def test_a_save_that_hears_of_another_device_takes_six_at_most(
    browser: Client, sitting: Sitting
) -> None:
    items = sitting.attempt.items.count()
    save(browser, sitting.attempt, *(entry(n, n, 1) for n in range(1, items + 1)))
    batch = [entry(n, n, 2) for n in range(1, items + 1)]
    with counted() as statements:
        reply = save(browser, sitting.attempt, *batch, client_id="phone").json()
    assert len(reply["changed_elsewhere"]) == items
    assert len(statements) <= 6, statements


def test_the_result_takes_twelve_statements_at_most(browser: Client, sitting: Sitting) -> None:
    answer_all(browser, sitting)
    assert submit(browser, sitting.attempt).status_code == 200
    with counted() as statements:
        assert browser.get(url("result", sitting.attempt)).status_code == 200
    assert len(statements) <= 12, statements


def test_the_history_takes_six_statements_at_most(browser: Client, sitting: Sitting) -> None:
    for n in range(1, 7):
        sitting.submit(at=100 * n)
        sitting = begin(sitting.owner, sitting.attempt.blueprint, seed=n, now=sitting.at(100 * n))
    with counted() as statements:
        response = browser.get(reverse("history"))
    assert response.content.count(b"<tr>") >= 7
    assert len(statements) <= 6, statements


@pytest.mark.parametrize("name", ["home", "exams", "topics", "attempt", "check", "history"])
def test_reading_writes_nothing(browser: Client, sitting: Sitting, name: str) -> None:
    args = [sitting.attempt.pk] if name in {"attempt", "check"} else []
    with counted() as statements:
        assert browser.get(reverse(name, args=args)).status_code == 200
    assert [sql for sql in statements if not sql.startswith(("SELECT", "WITH"))] == []


def test_the_explanations_do_not_grow_with_the_paper(browser: Client, sitting: Sitting) -> None:
    submit(browser, sitting.attempt)
    with counted() as statements:
        assert browser.get(url("explanations", sitting.attempt)).status_code == 200
    assert len(statements) <= 12, statements

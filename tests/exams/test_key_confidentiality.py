"""No byte before the end depends on the key, nor on which items are unscored.

The triggers that freeze content are dropped, the keys of every item are swapped in the database
(as many keys as before), and the same requests are made again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Case, Q, Value, When
from django.test import Client
from django.urls import reverse

from exams.models import AttemptItem
from questions import guards
from questions.models import Choice, QuestionRevision
from tests.exams.requests import body, entry, post, save, submit, url
from tests.exams.sitting import Sitting, begin
from tests.exams.statements import counted

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("unguarded")]


@pytest.fixture(autouse=True)
def clock(sitting: Sitting) -> Any:
    with time_machine.travel(sitting.at(90), tick=False):
        yield


@pytest.fixture
def browser(client: Client, learner: Any) -> Client:
    client.force_login(learner)
    return client


def swap_keys(revisions: Iterable[int]) -> None:
    """Give every revision another set of as many keys."""
    for revision in revisions:
        choices = list(Choice.objects.filter(revision=revision).order_by("position"))
        keys = [choice.is_key for choice in choices]
        for choice, is_key in zip(choices, [keys[-1], *keys[:-1]], strict=True):
            Choice._base_manager.filter(pk=choice.pk).update(is_key=is_key)
        assert sum(keys) == Choice.objects.filter(revision=revision, is_key=True).count()


def swap_all_keys() -> None:
    swap_keys(QuestionRevision.objects.values_list("pk", flat=True))


def seen_before_the_end(browser: Client, sitting: Sitting) -> list[tuple[int, bytes, Any]]:
    """Everything the learner can ask for, made and taken back."""
    attempt = sitting.attempt
    with transaction.atomic():
        found = [
            save(browser, attempt, *(entry(n, n, n % 4 + 1) for n in range(1, 9))),
            save(browser, attempt, entry(1, 1, 2)),
            save(browser, attempt, entry(2, 20, 1, flagged=True), client_id="phone"),
            save(browser, attempt),
            save(browser, attempt, entry(3, 30, 1, 2, 3, 4)),
            submit(browser, attempt, reason="timer"),
            submit(browser, attempt, newest={"4": 99}),
            browser.get(url("attempt", attempt)),
            browser.get(url("check", attempt)),
            browser.get(url("result", attempt)),
            browser.get(url("explanations", attempt)),
            browser.get(url("item", attempt, 1)),
            post(browser, url("reveal", attempt, 1), {}),
            browser.post(url("form-save", attempt), {"item-5": "2", "next": "save"}),
            browser.post(url("form-save", attempt), {"item-5": ["1", "2", "3"]}),
            browser.get(reverse("home")),
            browser.get(reverse("history")),
            browser.get(reverse("topics")),
            browser.get(reverse("exam", args=["tiny", attempt.blueprint.code])),
            *(browser.get(reverse("notes-chapter", args=["tiny", f"chapter-{n}"])) for n in (1, 2)),
        ]
        transaction.set_rollback(True)
    return [body(response) for response in found]


def test_swapping_every_key_changes_no_byte_before_the_end(
    browser: Client, sitting: Sitting
) -> None:
    before = seen_before_the_end(browser, sitting)
    swap_all_keys()
    after = seen_before_the_end(browser, sitting)
    assert {200, 302, 403, 404, 409, 422} <= {status for status, *_ in before}
    for one, other in zip(before, after, strict=True):
        assert one == other


def test_the_swap_does_change_what_comes_after_the_end(browser: Client, sitting: Sitting) -> None:
    def result() -> tuple[int, bytes, Any]:
        with transaction.atomic():
            sitting.answer(range(1, 9))
            submit(browser, sitting.attempt)
            found = body(browser.get(url("result", sitting.attempt)))
            transaction.set_rollback(True)
        return found

    right = {n: sitting.keys(n) for n in range(1, 9)}
    before = result()
    swap_all_keys()
    assert {n: sitting.keys(n) for n in range(1, 9)} != right
    sitting.save(*(entry_of(n, numbers) for n, numbers in right.items()))
    submit(browser, sitting.attempt)
    assert body(browser.get(url("result", sitting.attempt))) != before


def entry_of(position: int, numbers: tuple[int, ...]) -> Any:
    from exams.protocol import Entry

    return Entry(position, position, numbers)


def test_the_form_that_is_drawn_does_not_depend_on_the_key(
    sitting: Sitting, exam: Any, other_learner: Any
) -> None:
    def form() -> list[Any]:
        with transaction.atomic():
            drawn = begin(other_learner, exam, seed=5).attempt.items
            rows = list(drawn.values_list("revision", "choice_order", "unscored"))
            transaction.set_rollback(True)
        return rows

    before = form()
    swap_all_keys()
    assert form() == before


def test_no_statement_before_the_end_reads_a_key_or_a_reason(
    browser: Client, sitting: Sitting
) -> None:
    with counted() as statements:
        seen_before_the_end(browser, sitting)
    assert len(statements) > 20
    read = re.compile(r"is_key|rationale|explanation_html|deciding_phrase")
    assert [sql for sql in statements if read.search(sql)] == []


def test_no_reason_is_on_the_paper(browser: Client, sitting: Sitting) -> None:
    page = browser.get(url("attempt", sitting.attempt)).content.decode()
    assert "Move the files to a shared disk." in page
    for told in (
        "It keeps the data.",
        "Data that has to outlive",
        "데이터가 남습니다",
        "Statement F",
    ):
        assert told not in page


def test_which_items_are_unscored_changes_no_byte_before_the_end(
    browser: Client, sitting: Sitting
) -> None:
    before = seen_before_the_end(browser, sitting)
    guards.remove(connection, import_module("exams.migrations.0002_attempt_guards").GUARDS)
    unscored = Case(When(Q(position__lte=2), then=Value(value=True)), default=Value(value=False))
    was = set(sitting.positions(unscored=True))
    AttemptItem.objects.update(unscored=unscored)
    assert set(sitting.positions(unscored=True)) == {1, 2} != was
    assert seen_before_the_end(browser, sitting) == before


# --- tutor mode -----------------------------------------------------------------------


@pytest.fixture
def revealed(browser: Client, exam: Any, sitting: Sitting) -> Sitting:
    """A tutor attempt whose third item is revealed."""
    sitting.submit()
    tutored = begin(sitting.owner, exam, mode="tutor", seed=1, now=sitting.at(80))
    assert post(browser, url("reveal", tutored.attempt, 3), {}).status_code == 200
    return tutored


def tutored_pages(browser: Client, sitting: Sitting) -> list[tuple[int, bytes, Any]]:
    attempt = sitting.attempt
    return [
        body(browser.get(url("attempt", attempt))),
        body(browser.get(url("check", attempt))),
        body(browser.get(url("item", attempt, 3))),
        body(browser.get(url("item", attempt, 4))),
        body(save(browser, attempt, entry(3, 9, 1))),
        body(post(browser, url("reveal", attempt, 3), {})),
    ]


def others(sitting: Sitting) -> list[int]:
    shown = sitting.attempt.items.exclude(position=3)
    return list(shown.values_list("revision", flat=True))


def test_a_reveal_shows_the_key_of_its_item_only(browser: Client, revealed: Sitting) -> None:
    before = tutored_pages(browser, revealed)
    assert [status for status, *_ in before] == [200, 200, 200, 404, 200, 200]
    swap_keys(others(revealed))
    assert tutored_pages(browser, revealed) == before


def test_the_revealed_items_key_is_shown(browser: Client, revealed: Sitting) -> None:
    before = tutored_pages(browser, revealed)
    swap_keys([revealed.item(3).revision_id])
    after = tutored_pages(browser, revealed)
    changed = [one != other for one, other in zip(before, after, strict=True)]
    assert changed == [True, False, True, False, False, True]


def test_a_sample_is_shown_to_visitors_without_its_key(
    client: Client, bank: Callable[..., Any], sitting: Sitting
) -> None:
    bank(3, start=100, sample=True)
    before = body(client.get(reverse("home")))
    assert b"item-1" in before[1]
    swap_all_keys()
    assert body(client.get(reverse("home"))) == before

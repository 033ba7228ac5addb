"""Pages say what they know: the paper, the verdict, the items, the history, the topics."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from exams import attempts
from exams.protocol import Entry
from exams.queries import progress
from tests.exams.requests import body, save, url
from tests.exams.sitting import Sitting, begin


@pytest.fixture(autouse=True)
def clock(sitting: Sitting) -> Any:
    with time_machine.travel(sitting.at(90), tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(client: Client, learner: Any) -> Client:
    client.force_login(learner)
    client.cookies["django_language"] = "en"
    return client


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_whole_paper_is_on_the_page_with_what_was_saved(
    browser: Client, sitting: Sitting
) -> None:
    sitting.save(Entry(2, 1, (3,), flagged=True))
    page = text(browser.get(url("attempt", sitting.attempt)))
    assert page.count('class="item') >= 8
    choices = sum(len(item.choice_order) for item in sitting.attempt.items.all())
    assert page.count('name="item-') == choices
    assert 'name="item-2" value="3" checked' in page
    assert 'name="flag-2" checked' in page
    assert 'data-remaining="2310000"' in page


def test_the_check_lists_what_is_blank_and_flagged(browser: Client, sitting: Sitting) -> None:
    sitting.save(*(Entry(n, n, (1,)) for n in range(1, 8)))
    sitting.save(Entry(2, 20, (1,), flagged=True))
    response = browser.get(url("check", sitting.attempt))
    assert response.context["paper"].blank == [8]
    assert response.context["paper"].flagged == [2]


def test_the_result_says_the_verdict_and_counts(browser: Client, sitting: Sitting) -> None:
    sitting.answer(sitting.positions(unscored=False)[:3])
    sitting.submit(at=80)
    response = browser.get(url("result", sitting.attempt))
    assert response.context["result"].raw == 3
    assert response.context["counts"] == {"wrong": 5, "flagged": 0, "blank": 5, "unscored": 2}
    assert sum(row.proportion.n for row in response.context["domains"]) == 6
    assert sum(row.proportion.right for row in response.context["chapters"]) == 3
    assert "estimate" in text(response).lower()


@pytest.mark.parametrize(("show", "count"), [("", 8), ("blank", 5), ("unscored", 2), ("none", 8)])
def test_the_items_of_a_result_can_be_filtered(
    browser: Client, sitting: Sitting, show: str, count: int
) -> None:
    sitting.answer(sitting.positions(unscored=False)[:3])
    sitting.submit(at=80)
    where = url("result", sitting.attempt)
    whole = browser.get(where, {"show": show})
    assert len(whole.context["items"]) == count
    part = browser.get(where, {"show": show}, headers={"HX-Request": "true"})
    assert part.content.strip().startswith(b'<div id="items"')
    assert "HX-Request" in part.headers["Vary"]


def test_an_explanation_shows_key_reasons_facts_and_references(
    browser: Client, sitting: Sitting
) -> None:
    sitting.submit(at=80)
    page = text(browser.get(url("item", sitting.attempt, 1)))
    for told in ("It keeps the data.", "Data that has to outlive", "필기 F", "docs.example.com"):
        assert told in page


def test_the_phrase_that_decides_is_marked(browser: Client, sitting: Sitting) -> None:
    sitting.submit(at=80)
    page = text(browser.get(url("explanations", sitting.attempt)))
    assert page.count("<mark>") == 16


def test_a_void_attempt_says_so(browser: Client, sitting: Sitting, author: Any) -> None:
    attempts.void(sitting.attempt, reason="power cut", by=author, now=sitting.at(60))
    assert "does not count" in text(browser.get(url("result", sitting.attempt)))


def test_just_after_the_end_the_result_waits_for_the_last_saves(
    browser: Client, sitting: Sitting, clock: Any
) -> None:
    clock.move_to(sitting.at(sitting.limit + 6))
    response = browser.get(url("result", sitting.attempt))
    assert response.headers["Refresh"] == "2"
    assert sitting.reload().is_open
    clock.move_to(sitting.at(sitting.limit + 9))
    assert "Refresh" not in browser.get(url("result", sitting.attempt)).headers
    assert sitting.reload().closed_by == "timeout"


def test_opening_an_overdue_attempt_closes_it(
    browser: Client, sitting: Sitting, clock: Any
) -> None:
    sitting.answer(sitting.positions(unscored=False))
    clock.move_to(sitting.at(10**6))
    response = browser.get(url("attempt", sitting.attempt))
    assert response.headers["Location"] == url("result", sitting.attempt)
    assert sitting.reload().results.get().raw == 6
    assert sitting.attempt.closed_at == sitting.attempt.deadline


def test_the_lists_close_nothing(browser: Client, sitting: Sitting, clock: Any) -> None:
    clock.move_to(sitting.at(10**6))
    for name in ("home", "history", "exams", "topics"):
        assert browser.get(reverse(name)).status_code == 200
    assert sitting.reload().is_open


def test_a_finished_attempt_is_shown_as_it_was_sat(
    browser: Client, sitting: Sitting, exam: Any
) -> None:
    """Questions retired since, and another edition of the exam, change nothing of it."""
    sitting.answer(range(1, 9))
    sitting.submit(at=80)
    where = url("explanations", sitting.attempt)
    before = body(browser.get(where))
    for item in sitting.attempt.items.select_related("revision__question"):
        question = item.revision.question
        question.retired_at = sitting.at(85)
        question.save()
    exam.closed_at = sitting.at(86)
    exam.save()
    assert body(browser.get(where)) == before


def test_topics_keep_first_looks_apart_from_repeats(
    browser: Client, sitting: Sitting, exam: Any, learner: Any
) -> None:
    sitting.answer(range(1, 9))
    sitting.submit(at=80)
    begin(learner, exam, seed=2, now=sitting.at(81)).submit(at=1)
    again = begin(learner, exam, seed=3, now=sitting.at(83))
    again.answer(range(1, 5), right=False)
    again.submit(at=2)
    domains, _chapters = progress.topics(sitting.owner, exam.subject)
    assert sum(topic.first.n for topic in domains) == 8
    assert sum(topic.first.right for topic in domains) == 8
    assert sum(topic.repeats.n for topic in domains) == 4
    assert sum(topic.repeats.right for topic in domains) == 0
    assert "Domain 1" in text(browser.get(reverse("topics")))


def test_the_form_without_script_saves_and_goes_on(browser: Client, sitting: Sitting) -> None:
    where = url("form-save", sitting.attempt)
    response = browser.post(where, {"item-1": "2", "flag-3": "on", "next": "check"})
    assert response.headers["Location"] == url("check", sitting.attempt)
    assert sitting.state() == {1: (2,), 3: ()}
    browser.post(where, {"item-1": "2", "flag-3": "on", "next": "save"})
    assert sitting.attempt.responses.count() == 2
    assert sitting.state() == {1: (2,), 3: ()}


def test_the_form_without_script_submits(browser: Client, sitting: Sitting) -> None:
    response = browser.post(url("submit", sitting.attempt))
    assert response.headers["Location"] == url("result", sitting.attempt)
    assert sitting.reload().state == "scored"


def test_a_form_that_is_refused_keeps_its_ticks(browser: Client, sitting: Sitting) -> None:
    single = next(n for n in range(1, 9) if sitting.item(n).revision.pick_count == 1)
    response = browser.post(url("form-save", sitting.attempt), {f"item-{single}": ["1", "2"]})
    assert response.status_code == 422
    assert response.content.count(b" checked") >= 2
    assert not sitting.attempt.responses.exists()


def test_a_form_that_comes_too_late_is_told_so(
    browser: Client, sitting: Sitting, clock: Any
) -> None:
    clock.move_to(sitting.at(sitting.limit + 6))
    response = browser.post(url("form-save", sitting.attempt), {"item-1": "2"})
    assert response.status_code == 409
    assert sitting.attempt.events.filter(kind="late").count() == 1


def test_the_reply_to_a_save_says_what_time_is_left(browser: Client, sitting: Sitting) -> None:
    reply = save(browser, sitting.attempt, {"item": 1, "seq": 1, "selected": [1]}).json()
    assert reply == {
        "status": "saved", "acked": {"1": 1}, "refused": [], "rev": 1, "state": "in_progress",
        "remaining_ms": 2_310_000, "changed_elsewhere": [],
    }  # fmt: skip

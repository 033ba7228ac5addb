"""The saved state never says more than is true, and no cut of the network loses an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Error, Route, expect

from tests.browser.conftest import Visit
from tests.browser.exam import Exam
from tests.browser.site import Site

FIVE = range(1, 6)


def once_each(exam: Exam, items: range) -> None:
    """Each of these items is stored exactly once."""
    stored = [row["item"] for row in exam.stored()]
    assert sorted(stored) == list(items)


def test_saved_is_never_shown_before_the_acknowledgement(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    page = exam.page
    # Every word that the line shows from now on is noted, however short it is seen.
    page.evaluate(
        "() => { const line = document.querySelector('#saved'); window.seen = [];"
        "new MutationObserver(() => seen.push(line.textContent)).observe(line,"
        " {childList: true, characterData: true, subtree: true}); }"
    )
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/answers/", lambda route: held.append((route, route.fetch())), times=1)
    with page.expect_request("**/answers/"):
        exam.choose(1)
    page.wait_for_function("seen.length > 0")
    exam.flag()
    assert set(page.evaluate("seen")) == {"Saving"}
    assert [row["item"] for row in exam.stored()] == [1], "the server has it, the page was not told"
    expect(page.locator("#saved")).to_have_text("Saving")
    [(route, reply)] = held
    with page.expect_response("**/answers/"):
        route.fulfill(response=reply)
    exam.expect_saved()
    assert set(page.evaluate("seen")) == {"Saving", "Saved"}
    assert page.evaluate("seen").count("Saved") == 1, "not before the flag had arrived as well"
    assert exam.newest()[1]["flagged"]


def test_a_refused_change_is_said_and_not_called_saved(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    exam.page.route(
        "**/answers/",
        lambda route: route.fulfill(
            status=422, json={"status": "invalid", "field": "x", "message": "No such choice."}
        ),
    )
    exam.choose(1)
    expect(exam.banner).to_contain_text("No such choice.")
    exam.expect_kept(1)


def test_a_server_that_is_away_for_long_is_said_on_top(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    exam.page.route("**/answers/", lambda route: route.fulfill(status=503, json={}))
    exam.choose(1)
    exam.expect_kept(1)
    expect(exam.banner).to_contain_text("your answers are kept on this device")
    exam.page.unroute("**/answers/")
    exam.expect_saved()
    expect(exam.banner).to_be_hidden()
    once_each(exam, range(1, 2))


def test_an_exam_goes_on_without_network_and_all_is_stored_once_when_it_is_back(
    sitting: Callable[..., Exam],
) -> None:
    exam = sitting()
    context = exam.page.context
    context.set_offline(True)
    for n in FIVE:
        exam.answer(n)
    exam.flag()
    exam.expect_kept(5)
    expect(exam.banner).to_be_visible()
    expect(exam.banner).to_contain_text("No connection")
    exam.review()
    expect(exam.page.locator("[data-list=flagged] a")).to_have_text(["5"])
    expect(exam.page.locator("[data-list=blank] a")).to_have_count(5)
    exam.page.locator("[data-list=flagged] a").click()
    expect(exam.section(5)).to_be_visible()
    assert exam.stored() == []

    context.set_offline(False)
    exam.expect_saved()
    expect(exam.banner).to_be_hidden()
    once_each(exam, FIVE)
    assert exam.waiting() == {}
    assert exam.newest()[5]["flagged"]


def test_a_cut_between_writing_and_answering_makes_no_duplicate(
    sitting: Callable[..., Exam],
) -> None:
    exam = sitting()
    lost = []

    def lose_the_reply(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    exam.page.route("**/answers/", lose_the_reply, times=1)
    exam.choose(1)
    exam.expect_saved()
    assert lost == [200]
    once_each(exam, range(1, 2))


def test_answers_that_wait_are_delivered_after_a_reload(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    page = exam.page
    page.route("**/answers/", lambda route: route.abort())
    for n in FIVE:
        exam.answer(n)
    exam.expect_kept(5)
    page.reload()
    expect(exam.option(1, item=5)).to_be_checked()
    expect(page.locator("#count")).to_have_text("5 of 10 answered")
    assert exam.stored() == []
    page.unroute("**/answers/")
    exam.expect_saved()
    once_each(exam, FIVE)


def test_leaving_with_unsent_answers_asks_first(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    exam.page.context.set_offline(True)
    exam.choose(1)
    asked = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    exam.page.once("dialog", stay)
    exam.page.close(run_before_unload=True)
    exam.page.wait_for_function("true")
    assert asked == ["beforeunload"]
    exam.page.context.set_offline(False)
    exam.expect_saved()


@pytest.mark.parametrize("end", ["crash", "close"])
def test_answers_that_wait_survive_the_end_of_the_page(
    sitting: Callable[..., Exam], end: str
) -> None:
    exam = sitting()
    context = exam.page.context
    context.set_offline(True)
    for n in FIVE:
        exam.answer(n)
    exam.expect_kept(5)
    if end == "crash":
        with pytest.raises(Error), exam.page.expect_event("crash"):
            exam.page.goto("chrome://crash")
    exam.page.close()
    context.set_offline(False)
    assert exam.stored() == []
    again = exam.beside(context.new_page())
    again.expect_saved()
    once_each(exam, FIVE)
    expect(again.option(1, item=5)).to_be_checked()


def test_submitting_offline_waits_in_sight_and_goes_through(
    sitting: Callable[..., Exam], site: Site
) -> None:
    exam = sitting()
    context = exam.page.context
    context.set_offline(True)
    for n in FIVE:
        exam.answer(n)
    exam.review()
    exam.submit()
    expect(exam.page.locator("#waiting")).to_contain_text("Waiting to submit")
    exam.expect_kept(5)
    assert site.backstage("attempt", pk=exam.attempt)["state"] == "in_progress"
    context.set_offline(False)
    exam.expect_result()
    once_each(exam, FIVE)
    assert site.backstage("attempt", pk=exam.attempt)["results"] == 1
    assert exam.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('exam:'))") == []


def test_submitting_twice_gives_one_result(sitting: Callable[..., Exam], site: Site) -> None:
    exam = sitting()
    exam.choose(1)
    exam.review()
    exam.page.locator("#submit").dblclick(no_wait_after=True)
    exam.expect_result()
    assert site.backstage("attempt", pk=exam.attempt)["results"] == 1


def test_the_banner_has_its_letters_before_the_network_goes(
    visit: Visit, kim: object, sitting: Callable[..., Exam]
) -> None:
    page = visit(kim, language="ko").new_page()
    exam = sitting(on=page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    exam.choose(1)
    expect(exam.banner).to_contain_text("연결")
    assert page.evaluate(
        "async () => { const text = document.querySelector('#banner').textContent;"
        " await document.fonts.ready;"
        " return document.fonts.check('400 1em \"Pretendard Variable\"', text); }"
    )
    page.context.set_offline(False)
    exam.expect_saved()

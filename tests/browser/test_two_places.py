"""One attempt in two tabs and on two devices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Person, Visit
from tests.browser.exam import Exam

ASK = "window.dispatchEvent(new Event('pageshow'))"  # what coming back to a page does


@pytest.fixture
def phone(visit: Visit, kim: Person) -> BrowserContext:
    """Another device of Kim's."""
    return visit(kim, viewport={"width": 390, "height": 844})


def test_a_second_tab_shows_the_first_ones_answer_at_once(sitting: Callable[..., Exam]) -> None:
    first = sitting()
    second = first.beside(first.page.context.new_page())
    first.page.context.set_offline(True)  # the tabs tell each other without the server
    first.choose(2)
    expect(second.option(2)).to_be_checked()
    second.expect_kept(1)
    second.answer(3, 1)
    expect(first.option(1, item=3)).to_be_checked()
    first.expect_kept(2)
    first.page.context.set_offline(False)
    first.expect_saved()
    second.expect_saved()
    assert {n: row["selected"] for n, row in first.newest().items()} == {1: [2], 3: [1]}


def test_tabs_that_answer_at_the_same_moment_lose_nothing(sitting: Callable[..., Exam]) -> None:
    first = sitting()
    second = first.beside(first.page.context.new_page())
    first.page.context.set_offline(True)
    for n in range(1, 6):
        # Neither tab has heard of the other's change when it makes its own.
        first.section(n).evaluate("item => item.querySelector('.opt input').click()")
        second.section(n + 5).evaluate("item => item.querySelector('.opt input').click()")
    first.expect_kept(10)
    second.expect_kept(10)
    first.page.close()
    second.page.context.set_offline(False)
    second.expect_saved()
    assert sorted(second.newest()) == list(range(1, 11))
    assert len(second.stored()) == 10


def test_another_device_is_told_and_shows_the_newest(
    sitting: Callable[..., Exam], phone: BrowserContext
) -> None:
    desk = sitting()
    hand = desk.beside(phone.new_page())
    desk.choose(1)
    desk.expect_saved()
    hand.answer(2, 1)
    hand.expect_saved()
    expect(hand.banner).to_contain_text("Changed on another device: question 1.")
    expect(hand.option(1, item=1)).to_be_checked()
    desk.page.evaluate(ASK)
    expect(desk.banner).to_contain_text("Changed on another device: question 2.")
    expect(desk.option(1, item=2)).to_be_checked()


def test_the_last_acknowledged_answer_wins_and_both_are_told(
    sitting: Callable[..., Exam], phone: BrowserContext
) -> None:
    desk = sitting()
    hand = desk.beside(phone.new_page())
    n = desk.singles()[0]
    desk.page.context.set_offline(True)
    desk.answer(n, 1)
    hand.answer(n, 2)
    hand.expect_saved()
    desk.page.context.set_offline(False)
    desk.expect_saved()
    expect(desk.banner).to_contain_text(f"Question {n} was changed on another device as well.")
    expect(desk.option(1, item=n)).to_be_checked()
    hand.page.evaluate(ASK)
    expect(hand.banner).to_contain_text(f"Changed on another device: question {n}.")
    expect(hand.option(1, item=n)).to_be_checked()
    assert [row["selected"] for row in desk.stored()] == [[2], [1]]


def test_a_submit_on_one_device_ends_the_attempt_on_the_other(
    sitting: Callable[..., Exam], phone: BrowserContext
) -> None:
    desk = sitting()
    hand = desk.beside(phone.new_page())
    desk.choose(1)
    desk.review()
    desk.submit()
    desk.expect_result()
    hand.choose(2)
    expect(hand.banner).to_contain_text("This attempt is closed.")
    expect(hand.banner).to_contain_text("not counted: question 1")
    hand.banner.get_by_role("link", name="To the result").click()
    hand.expect_result()
    assert desk.newest()[1]["selected"] == [1]


def test_a_submit_in_one_tab_takes_the_other_to_the_result(sitting: Callable[..., Exam]) -> None:
    first = sitting()
    second = first.beside(first.page.context.new_page())
    first.review()
    first.submit()
    first.expect_result()
    second.expect_result()

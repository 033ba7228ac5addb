"""The keyboard alone, also in Hangul input mode, and switched off."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person, Visit
from tests.browser.exam import Exam
from tests.browser.site import Site

# What a Korean two-set keyboard says in Hangul mode when these keys are pressed.
JAMO = {
    "KeyN": "ㅜ",
    "KeyP": "ㅔ",
    "KeyF": "ㄹ",
    "KeyR": "ㄱ",
    "KeyU": "ㅕ",
    "KeyL": "ㅣ",
    "KeyG": "ㅎ",
}


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until what the selector names has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {most} tabs")


def press_hangul(page: Page, code: str) -> None:
    page.evaluate(
        "([key, code]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}))",
        [JAMO[code], code],
    )


def test_the_keyboard_alone_takes_an_exam(page: Page, kim: Person, site: Site) -> None:
    page.goto("/exams/")
    tab_to(page, "a[href$='/mini-mock/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mini-mock/")
    tab_to(page, "main form button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/**")
    exam = Exam(page, site, site.backstage("open_attempt", name=kim.name))
    expect(exam.item).to_be_visible()
    for n in range(1, 11):
        for digit in range(1, exam.picks(n) + 1):
            page.keyboard.press(str(digit))
        if n < 10:
            page.keyboard.press("n")
            expect(exam.section(n + 1)).to_be_visible()
    page.keyboard.press("Shift+Digit4")
    page.keyboard.press("f")
    page.keyboard.press("u")
    page.keyboard.press("g")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(exam.section(3)).to_be_visible()
    expect(exam.section(3).get_by_role("heading", level=2)).to_be_focused()
    exam.expect_saved()
    page.keyboard.press("r")
    expect(page.locator("#checkh")).to_be_focused()
    expect(page.locator("[data-list=flagged] a")).to_have_text(["10"])
    tab_to(page, "#submit")
    page.keyboard.press("Enter")
    exam.expect_result()
    newest = exam.newest()
    assert sorted(newest) == list(range(1, 11))
    assert newest[10]["flagged"] and newest[10]["struck"] == [4] and newest[10]["sure"]

    tab_to(page, "#items a.line")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/1/")
    expect(page.locator(".lesson")).to_be_visible()


def test_strike_by_s_works_on_the_option_in_focus(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    exam.option(2).focus()
    exam.page.keyboard.press("s")
    expect(exam.item.locator(".opt").nth(1)).to_have_class("opt struck")


def test_the_shortcuts_fire_in_hangul_input_mode(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    page = exam.page
    press_hangul(page, "KeyN")
    expect(exam.section(2)).to_be_visible()
    press_hangul(page, "KeyP")
    expect(exam.section(1)).to_be_visible()
    press_hangul(page, "KeyF")
    expect(exam.item.locator("input[name^=flag]")).to_be_checked()
    press_hangul(page, "KeyL")
    expect(exam.item.locator(".stem .t-ko")).to_be_visible()
    press_hangul(page, "KeyG")
    page.keyboard.press("1")
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    expect(exam.section(10)).to_be_visible()
    press_hangul(page, "KeyR")
    expect(page.locator("#check")).to_be_visible()


def test_going_to_a_question_shows_what_was_typed_and_can_be_left(
    sitting: Callable[..., Exam],
) -> None:
    exam = sitting()
    keyboard = exam.page.keyboard
    keyboard.press("g")
    keyboard.press("1")
    expect(exam.page.locator("#say")).to_be_visible()
    expect(exam.page.locator("#say")).to_contain_text("1")
    keyboard.press("Escape")
    keyboard.press("2")
    expect(exam.option(2)).to_be_checked()
    keyboard.press("g")
    keyboard.press("n")
    expect(exam.section(2)).to_be_visible()
    keyboard.press("1")
    expect(exam.option(1)).to_be_checked()


def test_shortcuts_that_are_switched_off_do_nothing(
    page: Page, sitting: Callable[..., Exam]
) -> None:
    page.goto("/settings/")
    row = page.get_by_role("group", name="Single-key shortcuts")
    row.get_by_role("button", name="off").click()
    expect(row.get_by_role("button", name="off")).to_have_attribute("aria-pressed", "true")
    exam = sitting()
    for key in ("1", "n", "f", "r", "ArrowRight"):
        page.keyboard.press(key)
    assert exam.number == 1
    expect(page.locator("#check")).to_be_hidden()
    expect(exam.item.locator(":checked")).to_have_count(0)
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")


def test_arrows_inside_a_radio_group_keep_their_meaning(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    exam.answer(exam.singles()[0], 1)
    here = exam.number
    exam.option(1).focus()
    exam.page.keyboard.press("ArrowDown")
    expect(exam.option(2)).to_be_checked()
    exam.page.keyboard.press("ArrowRight")
    expect(exam.option(3)).to_be_checked()
    assert exam.number == here


@pytest.mark.parametrize("keys", ["Control+KeyF", "Alt+KeyN", "Meta+KeyR"])
def test_keys_with_a_modifier_belong_to_the_browser(
    sitting: Callable[..., Exam], keys: str
) -> None:
    exam = sitting()
    modifier, code = keys.split("+")
    exam.page.evaluate(
        "([code, modifier]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {code, "
        "key: code.at(-1).toLowerCase(), [modifier]: true, bubbles: true, cancelable: true}))",
        [code, {"Control": "ctrlKey", "Alt": "altKey", "Meta": "metaKey"}[modifier]],
    )
    assert exam.number == 1
    expect(exam.item.locator("input[name^=flag]")).not_to_be_checked()
    expect(exam.page.locator("#check")).to_be_hidden()


def test_the_list_of_shortcuts_opens_on_question_mark_and_closes_on_escape(
    sitting: Callable[..., Exam],
) -> None:
    exam = sitting()
    exam.page.keyboard.press("Shift+Slash")
    sheet = exam.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    exam.page.keyboard.press("n")
    assert exam.number == 1
    exam.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_the_time_left_is_spoken_on_t(sitting: Callable[..., Exam]) -> None:
    exam = sitting("full-mock")
    exam.page.keyboard.press("t")
    expect(exam.page.locator("#say")).to_have_text(re.compile(r"^2:(10:00|09:\d\d) left$"))


def test_the_skip_link_is_first_and_leads_to_the_paper(visit: Visit, kim: Person) -> None:
    page = visit(kim).new_page()
    page.goto("/exams/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

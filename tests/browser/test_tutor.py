"""Tutor mode: one answer at a time, and nothing of the others."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.exam import Exam
from tests.browser.site import Site


def test_a_revealed_item_shows_its_explanation_in_place_and_is_locked(
    sitting: Callable[..., Exam], site: Site
) -> None:
    exam = sitting("quiz-route53", mode="tutor")
    exam.answer(2)
    exam.item.get_by_role("button", name="Show the answer").click()
    expect(exam.item.locator(".verdict")).to_be_focused()
    expect(exam.item.locator(".lesson")).to_be_visible()
    expect(exam.item.locator(".opt input:enabled")).to_have_count(0)
    expect(exam.item.get_by_role("button", name="Show the answer")).to_have_count(0)
    stored = exam.stored()
    for key in ("1", "Shift+Digit2", "f", "u"):
        exam.page.keyboard.press(key)
    exam.next()
    exam.choose(1)
    exam.expect_saved()
    assert [row for row in exam.stored() if row["item"] == 2] == stored

    exam.page.reload()
    expect(exam.section(2).locator(".lesson")).to_have_count(1)
    expect(exam.option(1, item=2)).to_be_disabled()
    assert "revealed" in site.backstage("attempt", pk=exam.attempt)["events"]


def test_nothing_of_the_other_items_answers_is_in_the_page(
    sitting: Callable[..., Exam], site: Site
) -> None:
    exam = sitting("quiz-route53", mode="tutor")
    exam.answer(1)
    exam.item.get_by_role("button", name="Show the answer").click()
    expect(exam.item.locator(".lesson")).to_be_visible()
    exam.page.reload()
    text = exam.page.evaluate("document.documentElement.textContent")
    secrets = site.backstage("secrets", pk=exam.attempt)
    assert len(secrets) == 10
    shown = {n for n, texts in secrets.items() for secret in texts if secret in text}
    assert shown == {"1"}
    expect(exam.page.locator(".item:not(#q1) :is(.key, .verdict, .lesson, .why)")).to_have_count(0)


def test_without_a_limit_there_is_no_clock(sitting: Callable[..., Exam]) -> None:
    exam = sitting("quiz-route53", mode="tutor", time="none")
    expect(exam.page.locator("#clock")).to_have_count(0)
    exam.page.keyboard.press("t")
    expect(exam.page.locator("#say")).to_have_text("No time limit", use_inner_text=False)


def test_an_answer_that_cannot_be_fetched_is_said_and_can_be_asked_for_again(
    sitting: Callable[..., Exam],
) -> None:
    exam = sitting("quiz-route53", mode="tutor")
    exam.choose(1)
    exam.expect_saved()
    exam.page.context.set_offline(True)
    button = exam.item.get_by_role("button", name="Show the answer")
    button.click()
    expect(exam.banner).to_contain_text("The answer could not be loaded")
    expect(button).to_be_enabled()
    exam.page.context.set_offline(False)
    button.click()
    expect(exam.item.locator(".lesson")).to_be_visible()

"""Pages besides the attempt: filters, preferences, the switch of languages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.site import Site


def test_a_filter_of_the_result_keeps_the_focus_says_the_count_and_can_be_shared(
    page: Page, kim: Person, site: Site
) -> None:
    attempt = site.backstage("sit", name=kim.name, blueprint="quiz-route53")
    page.goto(f"/attempts/{attempt}/result/")
    rows = page.locator("#items a.line")
    expect(rows).to_have_count(10)
    chip = page.locator("#f-wrong")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/?show=wrong")
    expect(chip).to_have_attribute("aria-current", "true")
    expect(chip).to_be_focused()
    wrong = int(re.findall(r"\d+", chip.inner_text())[-1])
    expect(rows).to_have_count(wrong)
    expect(page.locator("#status")).to_have_text(f"{wrong} questions")
    page.reload()
    expect(rows).to_have_count(wrong)
    page.go_back()
    expect(rows).to_have_count(10)


def test_the_languages_switch_on_the_same_page(page: Page) -> None:
    page.goto("/exams/?from=here")
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_role("heading", level=1)).to_have_text("시험")
    assert page.url.endswith("/exams/?from=here")


def test_theme_and_size_of_text_are_kept(page: Page) -> None:
    page.goto("/settings/")
    page.get_by_role("group", name="Theme").get_by_role("button", name="dark").click()
    page.get_by_role("group", name="Text size").get_by_role("button", name="150%").click()
    page.goto("/history/")
    look = page.evaluate(
        "(([html, body]) => [html.colorScheme, html.fontSize, body.backgroundColor])"
        "([document.documentElement, document.body].map((e) => getComputedStyle(e)))"
    )
    assert look == ["dark", "24px", "rgb(16, 18, 23)"]

"""JavaScript off: the paper is one long form with a save and a submit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person, Visit
from tests.browser.site import Site


@pytest.fixture
def bare(visit: Visit, kim: Person) -> Page:
    """Kim's page in a browser without script."""
    return visit(kim, java_script_enabled=False).new_page()


def start(page: Page, code: str) -> str:
    page.goto("/exams/")
    page.locator(f"a[href$='/{code}/']").click()
    page.get_by_role("button", name="Start").click()
    found = re.search(r"/attempts/([0-9a-f-]+)/", page.url)
    assert found
    return found[1]


def test_an_exam_is_started_answered_submitted_and_read_without_script(
    bare: Page, site: Site
) -> None:
    attempt = start(bare, "mini-mock")
    sections = bare.locator(".item")
    expect(sections).to_have_count(10)
    expect(bare.get_by_text(re.compile(r"Ends at \d\d:\d\d:\d\d"))).to_be_visible()
    for n in range(9):
        picks = int(sections.nth(n).get_attribute("data-picks") or 0)
        for option in range(picks):
            sections.nth(n).locator(".opt input").nth(option).check()
    sections.nth(0).get_by_label("Come back").check()
    bare.get_by_role("button", name="Save", exact=True).click()
    expect(bare.locator("#q1 .opt input").first).to_be_checked()
    assert len(site.backstage("responses", pk=attempt)) == 9

    bare.get_by_role("button", name="Save, review and submit").click()
    expect(bare.get_by_role("heading", level=1)).to_have_text("Before you submit")
    expect(bare.get_by_text("The server has 9 of 10 answers.")).to_be_visible()
    expect(bare.get_by_role("link", name="Question 10")).to_be_visible()
    bare.get_by_role("button", name="Submit and see the result").click()
    expect(bare.locator(".score")).to_contain_text("/ 10")
    bare.locator("#items a.line").first.click()
    expect(bare.locator(".lesson")).to_be_visible()
    assert site.backstage("attempt", pk=attempt)["results"] == 1


def test_too_many_picks_are_refused_and_the_ticks_are_kept(bare: Page, site: Site) -> None:
    attempt = start(bare, "full-mock")
    several = bare.locator(".item:not([data-picks='1'])").first
    n = int(several.get_attribute("data-n") or 0)
    boxes = several.locator(".opt input")
    every = boxes.count()
    for box in range(every):
        boxes.nth(box).check()
    other = 1 if n > 1 else 2
    bare.locator(f"#q{other} .opt input").first.check()
    bare.get_by_role("button", name="Save", exact=True).click()
    alert = bare.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was saved")
    expect(alert).to_contain_text(f"{n}")
    expect(bare.locator(f"#q{n} .opt input:checked")).to_have_count(every)
    expect(bare.locator(f"#q{other} .opt input").first).to_be_checked()
    assert site.backstage("responses", pk=attempt) == []


def test_controls_that_need_script_are_not_shown_without_it(bare: Page) -> None:
    start(bare, "mini-mock")
    for selector in (".strike", ".sure", ".lang", ".thumb", "#saved", "#clock", ".steps"):
        assert not bare.locator(selector).first.is_visible(), selector


def test_tutor_mode_shows_an_answer_without_script(bare: Page, site: Site) -> None:
    bare.goto("/exams/")
    bare.locator("a[href$='/quiz-route53/']").click()
    bare.get_by_label("tutor").check()
    bare.get_by_role("button", name="Start").click()
    bare.locator("#q2 .opt input").first.check()
    bare.locator("#q2").get_by_role("button", name="Show the answer").click()
    expect(bare.locator("#q2 .lesson")).to_be_visible()
    expect(bare.locator("#q2 .opt input").first).to_be_checked()
    expect(bare.locator("#q2 .opt input").first).to_be_disabled()
    expect(bare.locator(".lesson")).to_have_count(1)

"""The main job from end to end: sign up, sit 65 items, be scored, read why."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.backstage import PASSWORD
from tests.browser.conftest import Visit
from tests.browser.exam import Exam
from tests.browser.site import Site


def sign_up(page: Page, name: str) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.locator("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def start_full_mock(page: Page, site: Site, name: str) -> Exam:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Exams").click()
    page.locator("a[href$='/full-mock/']").click()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/**")
    return Exam(page, site, site.backstage("open_attempt", name=name))


def test_a_newcomer_takes_the_full_mock_from_sign_up_to_history(visit: Visit, site: Site) -> None:
    page = visit().new_page()
    sign_up(page, "newcomer")
    exam = start_full_mock(page, site, "newcomer")
    assert exam.count() == 65
    keys = {int(n): numbers for n, numbers in site.backstage("keys", pk=exam.attempt).items()}
    assert sum(len(key) > 1 for key in keys.values()) >= 3, "the form has multiple response"

    exam.choose(*keys[1])
    wrong = next(n for n in range(1, 5) if n not in keys[1])
    exam.item.locator(".strike").nth(wrong - 1).click()
    exam.flag()
    for n in range(2, 66):
        exam.next()
        exam.choose(*keys[n])
    exam.expect_saved()
    expect(page.locator("#count")).to_have_text("65 of 65 answered")

    exam.review()
    expect(page.locator("[data-list=blank] li")).to_have_count(0)
    expect(page.locator("[data-list=flagged] a")).to_have_text(["1"])
    exam.submit()
    exam.expect_result()
    expect(page.locator(".score")).to_contain_text("50 / 50")
    expect(page.get_by_role("img", name="Estimated score 1000")).to_be_visible()
    assert {n: row["selected"] for n, row in exam.newest().items()} == keys
    assert exam.newest()[1]["flagged"] and exam.newest()[1]["struck"] == [wrong]

    page.locator("#items a.line").first.click()
    expect(page.locator(".verdict")).to_have_text("Right")
    expect(page.locator(".ra li.key .because").first).not_to_be_empty()
    expect(page.locator(".lesson")).to_be_visible()

    page.get_by_role("link", name="History").click()
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("50 / 50")
    expect(row).to_contain_text("1000")


def test_what_was_chosen_is_there_after_a_reload(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    single = exam.singles()[0]
    exam.answer(single, 2)
    exam.item.locator(".strike").nth(2).click()
    exam.item.get_by_role("button", name="Unsure").click()
    exam.flag()
    exam.expect_saved()
    exam.page.reload()
    expect(exam.section(single)).to_be_visible()
    expect(exam.option(2)).to_be_checked()
    expect(exam.item.locator(".opt").nth(2)).to_have_class("opt struck")
    expect(exam.item.get_by_role("button", name="Unsure")).to_have_attribute("aria-pressed", "true")
    expect(exam.item.locator("input[name^=flag]")).to_be_checked()
    expect(exam.cell(single)).to_have_accessible_name(f"{single} : answered, come back")


def test_a_pick_too_many_is_refused_in_words(sitting: Callable[..., Exam]) -> None:
    exam = sitting("full-mock")
    n = exam.multiples()[0]
    picks = exam.picks(n)
    exam.answer(n)
    exam.option(picks + 1).click()
    expect(exam.option(picks + 1)).not_to_be_checked()
    expect(exam.item.locator(".picked")).to_contain_text(f"You can choose {picks} at most")
    exam.expect_saved()
    assert exam.newest()[n]["selected"] == list(range(1, picks + 1))


def test_striking_a_chosen_option_takes_the_answer_back(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    n = exam.singles()[0]
    exam.answer(n, 1)
    exam.item.locator(".strike").first.click()
    expect(exam.option(1)).not_to_be_checked()
    expect(exam.cell(n)).to_have_attribute("data-status", "blank")
    exam.choose(1)
    expect(exam.item.locator(".opt").first).to_have_class("opt")
    exam.expect_saved()
    assert exam.newest()[n]["selected"] == [1] and exam.newest()[n]["struck"] == []


def test_a_question_switches_language_in_place(sitting: Callable[..., Exam]) -> None:
    exam = sitting()
    exam.choose(1)
    korean, english = exam.item.locator(".stem .t-ko"), exam.item.locator(".stem .t-en")
    expect(english).to_be_visible()
    exam.item.get_by_role("button", name="한국어").click()
    expect(korean).to_be_visible()
    expect(english).to_be_hidden()
    expect(exam.option(1)).to_be_checked()
    exam.expect_saved()
    assert exam.newest()[1]["language"] == "ko"

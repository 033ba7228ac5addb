"""Losing the login or the CSRF cookie in the middle loses no answer."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.backstage import PASSWORD
from tests.browser.conftest import Person
from tests.browser.exam import Exam
from tests.browser.site import Site


def test_answers_wait_for_a_new_login_in_another_page(
    sitting: Callable[..., Exam], kim: Person
) -> None:
    exam = sitting()
    context = exam.page.context
    exam.answer(1)
    exam.expect_saved()
    context.clear_cookies(name="sessionid")
    exam.answer(2)
    expect(exam.banner).to_contain_text("You are signed out")
    exam.expect_kept(1)
    exam.answer(3)
    exam.expect_kept(2)
    with context.expect_page() as opened:
        exam.banner.get_by_role("link", name="Sign in").click()
    login = opened.value
    login.locator("input[name=login]").fill(kim.name)
    login.locator("input[name=password]").fill(PASSWORD)
    login.locator("main").get_by_role("button").first.click()
    expect(login.get_by_role("heading", level=1)).to_contain_text(kim.name)
    login.close()
    exam.expect_saved()
    expect(exam.banner).to_be_hidden()
    assert sorted(exam.newest()) == [1, 2, 3]
    assert len(exam.stored()) == 3


def test_submitting_signed_out_waits_for_the_login(
    sitting: Callable[..., Exam], site: Site, kim: Person
) -> None:
    exam = sitting()
    context = exam.page.context
    context.clear_cookies(name="sessionid")
    exam.answer(1)
    exam.review()
    exam.submit()
    expect(exam.page.locator("#waiting")).to_contain_text("Waiting to submit")
    expect(exam.banner).to_contain_text("You are signed out")
    context.add_cookies([site.session_cookie(site.backstage("person", name=kim.name))])
    exam.page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    exam.expect_result()
    assert sorted(exam.newest()) == [1]


def test_a_stale_csrf_cookie_mends_itself(sitting: Callable[..., Exam], site: Site) -> None:
    exam = sitting()
    context = exam.page.context
    for cookies in ([site.cookie("csrftoken", "x" * 32)], []):
        context.clear_cookies(name="csrftoken")
        context.add_cookies(cookies)
        exam.answer(len(exam.stored()) + 1)
        exam.expect_saved()
        expect(exam.banner).to_be_hidden()
    assert sorted(exam.newest()) == [1, 2]

"""The first minute: a visitor answers, sits the mini mock and keeps it by signing up."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.backstage import PASSWORD
from tests.browser.conftest import Visit
from tests.browser.site import Site


def test_a_visitor_answers_the_sample_sits_the_mini_mock_and_keeps_the_result(
    visit: Visit, site: Site
) -> None:
    page = visit().new_page()
    page.goto("/")
    sample = page.locator("#sample")
    sample.locator(".opt input").first.check()
    sample.get_by_role("button", name="Check my answer").click()
    expect(sample.locator(".verdict")).to_be_focused()
    expect(sample.locator(".lesson")).to_be_visible()
    assert page.url == f"{site.url}/"

    page.get_by_role("button", name="Start the mini mock").click()
    page.wait_for_url("**/attempts/**")
    items = page.locator(".item")
    expect(items).to_have_count(10)
    for _ in range(10):
        current = page.locator(".item.current")
        for option in range(int(current.get_attribute("data-picks") or 0)):
            current.locator(".opt input").nth(option).check()
        page.locator("[data-step='1']:visible").click()
    expect(page.locator("#check")).to_be_visible()
    page.locator("#submit").click()
    page.wait_for_url("**/result/")
    score = page.locator(".score").inner_text()

    page.locator("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("Username").fill("keeper")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.locator("main").get_by_role("button").click()
    page.get_by_role("link", name="History").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(score)
    page.locator("tbody a").click()
    expect(page.locator(".score")).to_have_text(score)
    expect(page.get_by_text("Keep this result?")).to_have_count(0)


def test_a_visitor_without_script_answers_the_sample_on_a_page_of_its_own(
    visit: Visit,
) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto("/")
    page.locator("#sample .opt input").first.check()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.locator(".lesson")).to_be_visible()


def test_two_visitors_do_not_reach_each_others_attempts(
    visit: Visit,
) -> None:
    page, other = visit().new_page(), visit().new_page()
    page.goto("/")
    page.get_by_role("button", name="Start the mini mock").click()
    page.wait_for_url("**/attempts/**")
    other.goto(page.url)
    assert "/accounts/login/" in other.url

"""The clock: after sleep, hidden, at the end, and when staff give more time."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.exam import Exam
from tests.browser.site import Site

# A laptop asleep: the wall clock goes on, the monotonic one may stand still.
SLEEP = """
(() => { const now = Date.now; let slept = 0;
  Date.now = () => now() + slept;
  window.sleep = (ms) => { slept += ms; document.dispatchEvent(new Event("visibilitychange")); };
})()
"""
MINUTE = 60_000


def minutes(exam: Exam) -> float:
    """The minutes on the clock."""
    parts = [int(part) for part in re.findall(r"\d+", exam.clock.inner_text())]
    seconds = sum(part * 60**i for i, part in enumerate(reversed(parts)))
    return seconds / 60


def test_the_clock_is_right_at_once_after_twenty_minutes_of_sleep(
    page: Page, sitting: Callable[..., Exam], site: Site
) -> None:
    page.add_init_script(SLEEP)
    exam = sitting("full-mock")
    assert minutes(exam) == pytest.approx(130, abs=0.5)
    page.context.set_offline(True)  # right before the server can say it
    page.evaluate(
        "ms => { sleep(ms); document.dispatchEvent(new Event('visibilitychange')); }", 20 * MINUTE
    )
    expect(exam.clock).to_have_text(re.compile(r"^1:(50:00|49:\d\d)"))
    site.backstage("ends_in", pk=exam.attempt, seconds=110 * 60)
    page.context.set_offline(False)
    exam.choose(1)
    exam.expect_saved()
    assert minutes(exam) == pytest.approx(110, abs=0.5)


def test_the_clock_is_right_when_both_clocks_have_jumped(
    page: Page, sitting: Callable[..., Exam], site: Site
) -> None:
    page.clock.install()
    exam = sitting("full-mock")
    page.context.set_offline(True)
    page.clock.fast_forward(20 * MINUTE)
    expect(exam.clock).to_have_text(re.compile(r"^1:(50:00|49:\d\d)"))
    page.context.set_offline(False)


def test_a_tab_whose_timers_stand_still_is_right_when_it_is_looked_at(
    page: Page, sitting: Callable[..., Exam]
) -> None:
    page.add_init_script(SLEEP)
    page.add_init_script("window.setInterval = () => 0;")
    exam = sitting("full-mock")
    page.context.set_offline(True)
    page.evaluate("ms => sleep(ms)", 20 * MINUTE)
    expect(exam.clock).to_have_text(re.compile(r"^1:(50:00|49:\d\d)"))


def test_a_hidden_clock_comes_back_at_five_minutes(
    page: Page, sitting: Callable[..., Exam], site: Site
) -> None:
    page.clock.install()
    exam = sitting("full-mock")
    page.keyboard.press("h")
    expect(exam.clock).to_have_text("Show clock")
    page.context.set_offline(True)
    page.clock.fast_forward(124 * MINUTE)
    expect(exam.clock).to_have_text("Show clock")
    page.clock.fast_forward(int(1.1 * MINUTE))
    expect(exam.clock).to_have_text(re.compile(r"^4:\d\d left, soon over"))
    expect(page.locator("#clock")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#say")).to_have_text("5 minutes left")
    page.clock.fast_forward(4 * MINUTE)
    expect(exam.clock).to_have_text(re.compile(r"^0:\d\d left, last minute"))
    page.context.set_offline(False)


def test_a_clock_hidden_in_the_settings_starts_hidden(
    page: Page, sitting: Callable[..., Exam], site: Site
) -> None:
    page.context.add_cookies([site.cookie("pref-clock", "hidden")])
    exam = sitting("full-mock")
    expect(exam.clock).to_have_text("Show clock")
    expect(page.locator("#clock")).to_have_attribute("aria-pressed", "true")
    page.locator("#clock").click()
    assert minutes(exam) == pytest.approx(130, abs=0.5)


def test_at_zero_the_page_locks_sends_what_waits_and_shows_the_servers_result(
    sitting: Callable[..., Exam], site: Site
) -> None:
    exam = sitting()
    site.backstage("ends_in", pk=exam.attempt, seconds=4)
    exam.choose(1)
    exam.expect_saved()
    exam.page.context.set_offline(True)
    exam.answer(2, 1)
    exam.expect_kept(1)
    expect(exam.banner).to_contain_text("Time is up", timeout=7000)
    expect(exam.option(1, item=2)).to_be_disabled()
    exam.page.context.set_offline(False)
    exam.expect_result()
    assert sorted(exam.newest()) == [1, 2]
    state = site.backstage("attempt", pk=exam.attempt)
    assert (state["state"], state["closed_by"], state["results"]) == ("scored", "timeout", 1)


def test_what_comes_after_the_grace_is_said_not_to_count(
    sitting: Callable[..., Exam], site: Site
) -> None:
    exam = sitting()
    exam.page.context.set_offline(True)
    exam.choose(1)
    exam.expect_kept(1)
    site.backstage("ends_in", pk=exam.attempt, seconds=-6)  # the grace is 5 s
    exam.page.context.set_offline(False)
    expect(exam.banner).to_contain_text("Too late, not counted: question 1.")
    exam.banner.get_by_role("link", name="To the result").click()
    expect(exam.page.locator(".score")).to_be_visible()
    assert exam.stored() == []
    state = site.backstage("attempt", pk=exam.attempt)
    assert (state["state"], state["closed_by"]) == ("scored", "timeout")
    assert "late" in state["events"]


def test_a_page_whose_clock_runs_fast_is_put_right_by_the_server(
    page: Page, sitting: Callable[..., Exam]
) -> None:
    page.add_init_script(SLEEP)
    exam = sitting("full-mock")
    page.evaluate("ms => sleep(ms)", 131 * MINUTE)
    expect(exam.option(1)).to_be_enabled()
    expect(exam.clock).to_have_text(re.compile(r"^2:(10:00|09:\d\d)"))
    exam.choose(1)
    exam.expect_saved()


def test_more_time_reaches_the_page_with_the_next_reply(
    sitting: Callable[..., Exam], site: Site
) -> None:
    exam = sitting("full-mock")
    site.backstage("move_deadline", pk=exam.attempt, seconds=1800)
    exam.choose(1)
    exam.expect_saved()
    expect(exam.clock).to_have_text(re.compile(r"^2:(40:00|39:\d\d)"))
    assert "deadline-moved" in site.backstage("attempt", pk=exam.attempt)["events"]

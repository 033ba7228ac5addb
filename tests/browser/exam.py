"""The attempt page as a learner handles it."""

from __future__ import annotations

import json
from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site


class Exam:
    """An attempt on a page. Numbers of items and options count from one."""

    def __init__(self, page: Page, site: Site, attempt: str) -> None:
        self.page = page
        self.site = site
        self.attempt = attempt

    def open(self) -> Self:
        self.page.goto(self.path())
        self.page.wait_for_function("document.title.includes('/')")
        return self

    def path(self, step: str = "") -> str:
        return f"/attempts/{self.attempt}/{step}"

    def beside(self, page: Page) -> Exam:
        """The same attempt on another page."""
        return Exam(page, self.site, self.attempt).open()

    # --- what is on the screen ----------------------------------------------------------

    @property
    def item(self) -> Locator:
        return self.page.locator(".item.current")

    @property
    def number(self) -> int:
        return int(self.item.get_attribute("data-n") or 0)

    @property
    def banner(self) -> Locator:
        return self.page.locator("#banner")

    @property
    def clock(self) -> Locator:
        return self.page.locator("#time")

    def section(self, n: int) -> Locator:
        return self.page.locator(f"#q{n}")

    def cell(self, n: int) -> Locator:
        return self.page.locator(f"#palette ol .cell[data-n='{n}']")

    def option(self, number: int, item: int | None = None) -> Locator:
        within = self.item if item is None else self.section(item)
        return within.locator(".opt input").nth(number - 1)

    def count(self) -> int:
        return self.page.locator(".item").count()

    # --- what a learner does --------------------------------------------------------------

    def go(self, n: int) -> None:
        """Through the list of questions."""
        if not self.page.locator("#palette").is_visible():
            self.page.locator(".thumb [data-go=palette]").click()
        self.cell(n).click()
        expect(self.section(n)).to_be_visible()

    def next(self) -> None:
        self.page.locator("[data-step='1']:visible").click()

    def choose(self, *options: int) -> None:
        for number in options:
            self.option(number).check()

    def answer(self, n: int, *options: int) -> None:
        self.go(n)
        self.choose(*(options or range(1, self.picks(n) + 1)))

    def flag(self) -> None:
        self.item.locator("input[name^=flag]").click()

    def picks(self, n: int) -> int:
        """How many choices item ``n`` asks for."""
        return int(self.section(n).get_attribute("data-picks") or 0)

    def singles(self) -> list[int]:
        """The items that ask for one choice."""
        asked = self.page.locator(".item").evaluate_all("items => items.map(i => i.dataset.picks)")
        return [n for n, picks in enumerate(asked, 1) if picks == "1"]

    def multiples(self) -> list[int]:
        single = self.singles()
        return [n for n in range(1, self.count() + 1) if n not in single]

    def review(self) -> None:
        self.page.locator("[data-go=check]:visible").first.click()
        expect(self.page.locator("#check")).to_be_visible()

    def submit(self) -> None:
        self.page.locator("#submit").click()

    # --- what is expected -------------------------------------------------------------------

    def expect_saved(self) -> None:
        expect(self.page.locator("#saved")).to_have_attribute("data-state", "saved")

    def expect_kept(self, count: int) -> None:
        saved = self.page.locator("#saved")
        expect(saved).to_have_attribute("data-state", "kept")
        expect(saved).to_contain_text(str(count))

    def expect_result(self) -> None:
        self.page.wait_for_url("**/result/")

    def waiting(self) -> dict[str, Any]:
        """What this browser keeps unsent."""
        key = self.page.locator("#main").get_attribute("data-key")
        kept = self.page.evaluate("key => localStorage.getItem(key)", key)
        return json.loads(kept)["pending"] if kept else {}

    # --- what the server has ------------------------------------------------------------------

    def stored(self) -> list[dict[str, Any]]:
        return self.site.backstage("responses", pk=self.attempt)

    def newest(self) -> dict[int, dict[str, Any]]:
        """The stored state that counts, by item."""
        return {row["item"]: row for row in self.stored()}

"""Every page: console empty under the strict policy, axe content, nothing cut off.

Each page is looked at twice, so that every value of theme, width and language meets every page
and every other value; ``CUTSCORE_UI=full`` looks at all eight combinations.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Person
from tests.browser.looks import broken_layout, broken_rules
from tests.browser.pages import DESK, PAGES, Sight
from tests.browser.site import Site

THEMES, WIDTHS, LANGUAGES = ("light", "dark"), (390, 1280), ("ko", "en")
HEIGHTS = {390: 844, 1280: 800}


class Look(NamedTuple):
    theme: str
    width: int
    language: str


FULL = [Look(*values) for values in itertools.product(THEMES, WIDTHS, LANGUAGES)]


def looks(number: int) -> list[Look]:
    """Two complementary looks, another pair for the next page."""
    if os.environ.get("CUTSCORE_UI") == "full":
        return FULL
    return [FULL[number % 4], FULL[7 - number % 4]]


CASES = [(page, look) for number, page in enumerate(PAGES) for look in looks(number)]


@pytest.fixture(scope="session")
def tour(site: Site) -> dict[str, Any]:
    return site.backstage("tour")


def arrive(
    sight: Sight, look: Look, visit: Callable[..., BrowserContext], site: Site, tour: dict[str, Any]
) -> Page:
    who = Person(sight.who, tour["sessions"][sight.who]) if sight.who else None
    context = visit(
        who,
        language=look.language,
        viewport={"width": look.width, "height": HEIGHTS[look.width]},
        color_scheme=look.theme,
    )
    page = context.new_page()
    response = page.goto(sight.path.format(**tour["ids"]))
    assert response and response.status == sight.status, page.url
    if sight.prepare:
        sight.prepare(page, site)
    return page


@pytest.mark.parametrize(
    ("sight", "look"),
    CASES,
    ids=[f"{page.name}-{'-'.join(map(str, look))}" for page, look in CASES],
)
def test_a_page_is_accessible_and_nothing_on_it_is_cut_off(
    sight: Sight,
    look: Look,
    visit: Callable[..., BrowserContext],
    site: Site,
    tour: dict[str, Any],
) -> None:
    page = arrive(sight, look, visit, site, tour)
    found = broken_rules(page) + broken_layout(page)
    page.set_viewport_size({"width": 320, "height": 640})
    found += [f"at 320 px {line}" for line in broken_layout(page)]
    if sight not in DESK:  # the desk has no size of text of its own
        page.evaluate("document.documentElement.dataset.text = '150'")
        found += [f"at 320 px and 150 % {line}" for line in broken_layout(page)]
        page.set_viewport_size({"width": look.width, "height": HEIGHTS[look.width]})
        found += [f"at 150 % {line}" for line in broken_layout(page)]
    assert not found, "\n".join(found)
    assert page.locator("html").get_attribute("lang") == look.language

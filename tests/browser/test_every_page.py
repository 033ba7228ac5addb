"""Every page: console empty under the strict policy, axe content, nothing cut off.

Each page is looked at twice, so that every value of theme, width and language meets every page
and every other value; ``CUTSCORE_UI=full`` looks at all eight combinations.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE_MS
from tests.browser.looks import broken_layout, broken_rules
from tests.browser.pages import DESK, PAGES, Sight
from tests.browser.site import Site
from tests.browser.watch import Watch

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS, LANGUAGES = (390, 1280), ("ko", "en")
HEIGHTS = {390: 844, 1280: 800}


class Look(NamedTuple):
    theme: Theme
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


@pytest.fixture(scope="module")
def window(browser: Browser, site: Site) -> Iterator[tuple[Page, Watch]]:
    """One page for the whole tour: a context of its own for each look costs a second."""
    context = browser.new_context(base_url=site.url)
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(context, site.url)
    yield context.new_page(), watch
    context.close()


def arrive(page: Page, sight: Sight, look: Look, site: Site, tour: dict[str, Any]) -> None:
    """As this person with these preferences, after what is done on the page first."""
    page.context.clear_cookies()
    page.context.add_cookies([site.cookie("django_language", look.language)])
    if sight.who:
        page.context.add_cookies([site.session_cookie(tour["sessions"][sight.who])])
    page.set_viewport_size({"width": look.width, "height": HEIGHTS[look.width]})
    page.emulate_media(color_scheme=look.theme)
    response = page.goto(sight.path.format(**tour["ids"]))
    assert response and response.status == sight.status, page.url
    if sight.prepare:
        sight.prepare(page, site)


@pytest.mark.parametrize(
    ("sight", "look"),
    CASES,
    ids=[f"{page.name}-{'-'.join(map(str, look))}" for page, look in CASES],
)
def test_a_page_is_accessible_and_nothing_on_it_is_cut_off(
    sight: Sight, look: Look, window: tuple[Page, Watch], site: Site, tour: dict[str, Any]
) -> None:
    page, watch = window
    watch.complaints.clear()
    page.context.set_offline(False)
    arrive(page, sight, look, site, tour)
    found = broken_rules(page) + broken_layout(page)
    page.set_viewport_size({"width": 320, "height": 640})
    found += [f"at 320 px {line}" for line in broken_layout(page)]
    if sight not in DESK:  # the desk has no size of text of its own
        page.evaluate("document.documentElement.dataset.text = '150'")
        found += [f"at 320 px and 150 % {line}" for line in broken_layout(page)]
        page.set_viewport_size({"width": look.width, "height": HEIGHTS[look.width]})
        found += [f"at 150 % {line}" for line in broken_layout(page)]
    found += watch.complaints
    assert not found, "\n".join(found)
    assert page.locator("html").get_attribute("lang") == look.language

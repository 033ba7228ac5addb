"""A site per worker, a browser per module, and people with a page each."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.exam import Exam
from tests.browser.site import Site
from tests.browser.watch import Watch

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
PATIENCE_MS = 8000
Visit = Callable[..., BrowserContext]
numbers = itertools.count(1)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


@pytest.fixture(scope="module")  # no longer: its event loop keeps the ORM out of this thread
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(f"No Chromium was found (tried: {', '.join(NAMES)}). Please install it.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    session: str


@pytest.fixture
def person(site: Site) -> Callable[..., Person]:
    """``person()`` is a new learner; ``person(role="author")`` an author."""

    def make(name: str = "", role: str = "") -> Person:
        name = name or f"someone{next(numbers)}"
        return Person(name, site.backstage("person", name=name, role=role))

    return make


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """``visit(kim)`` is a browser of Kim's, in English unless told; what it complains of fails."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def make(who: Person | None = None, *, language: str = "en", **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=site.url, **options)
        context.set_default_timeout(PATIENCE_MS)
        cookies = [site.cookie("django_language", language)]
        if who is not None:
            cookies.append(site.session_cookie(who.session))
        context.add_cookies(cookies)
        opened.append((context, Watch(context, site.url)))
        return context

    yield make
    complaints = [line for context, watch in opened for line in watch.complaints]
    for context, _ in opened:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def learner_browser(visit: Callable[..., BrowserContext], kim: Person) -> BrowserContext:
    return visit(kim)


@pytest.fixture
def kim(person: Callable[..., Person]) -> Person:
    """A learner."""
    return person()


@pytest.fixture
def page(learner_browser: BrowserContext) -> Page:
    """A page of Kim's browser."""
    return learner_browser.new_page()


@pytest.fixture
def sitting(site: Site, kim: Person, page: Page) -> Callable[..., Exam]:
    """``sitting("mini-mock")`` is Kim's attempt, open on the page."""

    def start(blueprint: str = "mini-mock", on: Page | None = None, **options: Any) -> Exam:
        attempt = site.backstage("start", name=kim.name, blueprint=blueprint, **options)
        return Exam(on or page, site, attempt).open()

    return start

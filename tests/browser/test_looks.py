"""What is looked for on every page would be found if it were there."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Visit
from tests.browser.looks import broken_layout, broken_rules
from tests.browser.site import Site
from tests.browser.watch import Watch


@pytest.fixture
def plain(visit: Visit) -> Page:
    page = visit(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/help/")
    assert broken_layout(page) == broken_rules(page) == []
    return page


def plant(page: Page, html: str, **style: str) -> None:
    """Put an element into the page, styled by script, which the policy allows."""
    page.evaluate(
        "([html, style]) => { const main = document.querySelector('main');"
        "main.insertAdjacentHTML('beforeend', html);"
        "Object.assign(main.lastElementChild.style, style); }",
        [html, style],
    )


@pytest.mark.parametrize(
    ("html", "style", "complaint"),
    [
        ("<p>wide</p>", {"width": "500px"}, "the page scrolls sideways"),
        ("<button>low</button>", {"position": "fixed", "top": "840px"}, "below the edge"),
        ("<button>off</button>", {"position": "fixed", "left": "380px"}, "outside"),
        ("<button>x</button>", {"width": "20px", "padding": "0"}, "small"),
        ("<div><button>hidden behind</button></div>",
         {"width": "30px", "overflow": "hidden", "whiteSpace": "nowrap"}, "cut off by"),
        ("<button>cut words</button>",
         {"width": "30px", "overflow": "hidden", "whiteSpace": "nowrap"}, "its words are cut"),
    ],
)  # fmt: skip
def test_a_control_that_cannot_be_seen_or_hit_is_found(
    plain: Page, html: str, style: dict[str, str], complaint: str
) -> None:
    plant(plain, html, **style)
    assert any(line.startswith(complaint) for line in broken_layout(plain))


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<input type='text'>", "label"),
        ("<img src='/static/favicon.svg'>", "image-alt"),
        ("<h6>deep</h6>", "heading-order"),
    ],
)
def test_a_broken_rule_is_found(plain: Page, html: str, rule: str) -> None:
    plant(plain, html)
    assert any(line.startswith(f"{rule}:") for line in broken_rules(plain))


@pytest.fixture
def watched(browser: object, site: Site) -> tuple[BrowserContext, Watch]:
    context = browser.new_context(base_url=site.url)
    yield context, Watch(context, site.url)
    context.close()


@pytest.mark.parametrize(
    ("deed", "complaint"),
    [
        ("document.body.setAttribute('style', 'color: red')", "console error: Applying inline style"),
        ("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
         "console error: Executing inline script"),
        ("setTimeout(() => { throw new Error('oops'); })", "error: "),
        ("console.log('left behind')", "console log: left behind"),
        ("fetch('http://elsewhere.example/').catch(() => {})", "console error: Connecting to"),
        ("location.assign('http://elsewhere.example/')", "request to elsewhere"),
    ],
)  # fmt: skip
def test_what_a_page_must_not_do_is_heard(
    watched: tuple[BrowserContext, Watch], deed: str, complaint: str
) -> None:
    context, watch = watched
    page = context.new_page()
    page.goto("/help/")
    page.wait_for_load_state("networkidle")
    assert watch.complaints == []
    page.evaluate(f"() => {{ {deed}; }}")
    for _ in range(50):
        if watch.complaints:
            break
        page.wait_for_timeout(20)
    assert any(line.startswith(complaint) for line in watch.complaints), watch.complaints

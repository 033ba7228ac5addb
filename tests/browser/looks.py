"""What is looked at on a page: axe's rules, and whether every control can be seen and hit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGET = 24  # CSS pixels, WCAG 2.5.8
axe = Axe()

LAYOUT = Path(__file__).with_name("layout.js").read_text()


def broken_rules(page: Page) -> list[str]:
    """Axe's violations, one line each with the first places."""
    response: dict[str, Any] = axe.run(
        page, options={"runOnly": TAGS, "resultTypes": ["violations"]}
    ).response
    return [
        f"{found['id']}: {found['help']} ({len(found['nodes'])}×)"
        f" {[(node['target'], node['failureSummary'][:160]) for node in found['nodes'][:3]]}"
        for found in response["violations"]
    ]


def broken_layout(page: Page) -> list[str]:
    """What scrolls sideways, is cut off, lies outside or is too small to hit."""
    return page.evaluate(LAYOUT, TARGET)

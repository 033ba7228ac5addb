"""Screenshots from the running demo, so they never lie: README's, or the whole gallery.

``python scripts/screenshots.py`` writes docs/screenshots/; with ``--gallery FOLDER`` every page in
two widths, two themes and two languages goes to FOLDER instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PORT = 8941
BASE = f"http://127.0.0.1:{PORT}"
MOCK = f"{BASE}/exams/saa-c03/full-mock/"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZES = {390: 844, 1280: 860}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gallery", type=Path)
    folder = parser.parse_args().gallery
    with demo(), sync_playwright() as playwright:
        program = next(path for name in BROWSERS if (path := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            gallery(browser, folder)
        else:
            readme(browser, ROOT / "docs" / "screenshots")
        browser.close()


@contextmanager
def demo() -> Iterator[None]:
    """The demo as ``make run`` starts it, on data of its own."""
    with tempfile.TemporaryDirectory(prefix="cutscore-shots-") as data:
        environment = os.environ | {"DATA_DIR": data, "PORT": str(PORT)}
        environment.pop("DATABASE_URL", None)
        server = subprocess.Popen([ROOT / "scripts" / "run-demo"], cwd=ROOT, env=environment)  # noqa: S603 - our own script
        try:
            wait()
            yield
        finally:
            server.terminate()
            server.wait(30)


def wait() -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{BASE}/healthz", timeout=2).close()  # noqa: S310 - loopback
            return
        except OSError:
            time.sleep(0.25)
    sys.exit("the demo did not start within a minute")


def open_page(
    browser: Browser, width: int, theme: str, language: str, *, learner: bool = True
) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]}, color_scheme=theme
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": BASE}])
    page = context.new_page()
    if learner:
        page.goto(f"{BASE}/demo/learner/")
    return page


def start_mock(page: Page, language: str) -> None:
    """Open the mock, answer a few items and stay on one that shows every state."""
    page.goto(MOCK)
    page.locator("form.stack-l button.primary, main a.primary").first.click()
    page.wait_for_selector(".item.current")
    for keys in (["2"], ["3"], ["1"], ["4"], ["1"]):
        if page.locator(".item.current").get_attribute("data-lang") != language:
            page.keyboard.press("l")
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("n")
    page.keyboard.press("p")
    if not page.locator(".item.current .opt.struck").count():
        page.keyboard.press("Shift+2")
        page.keyboard.press("Shift+4")
    page.wait_for_selector("#saved[data-state=saved]")


def last_result(page: Page) -> str:
    """The path of the newest scored mock in the learner's history."""
    page.goto(f"{BASE}/history/")
    link = page.locator("tr:has(td .chip.ok) th a, tr:has(td .chip.bad) th a").first
    return str(link.get_attribute("href"))


def readme(browser: Browser, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for language in ("en", "ko"):
        page = open_page(browser, 1280, "light", language)
        start_mock(page, language)
        page.screenshot(path=folder / f"exam-{language}.png")
        page = open_page(browser, 1280, "dark", language)
        page.goto(BASE + last_result(page))
        page.screenshot(path=folder / f"result-{language}.png")
    phone = open_page(browser, 390, "light", "ko")
    start_mock(phone, "ko")
    phone.screenshot(path=folder / "phone-ko.png")


def gallery(browser: Browser, folder: Path) -> None:
    visitor = {"home": "/", "exams": "/exams/", "mini": "/exams/saa-c03/mini-mock/",
               "login": "/accounts/login/", "signup": "/accounts/signup/", "help": "/help/",
               "reset": "/accounts/password/reset/", "missing": "/nothing/"}  # fmt: skip
    learner = {"learner": "/", "start": "/exams/saa-c03/full-mock/", "history": "/history/",
               "topics": "/progress/topics/", "settings": "/settings/"}  # fmt: skip
    for width in SIZES:
        for theme in ("light", "dark"):
            for language in ("ko", "en"):
                tail = f"{width}-{theme}-{language}.png"
                page = open_page(browser, width, theme, language, learner=False)
                for name, path in visitor.items():
                    page.goto(BASE + path)
                    page.screenshot(path=folder / f"{name}-{tail}", full_page=True)
                page = open_page(browser, width, theme, language)
                result = last_result(page)
                after = {"result": result, "explanations": result.replace("result", "explanations"),
                         "item": result.replace("result", "items/1")}  # fmt: skip
                for name, path in (learner | after).items():
                    page.goto(BASE + path)
                    page.screenshot(
                        path=folder / f"{name}-{tail}", full_page=name != "explanations"
                    )
                start_mock(page, language)
                page.screenshot(path=folder / f"attempt-{tail}")
                page.keyboard.press("r")
                page.screenshot(path=folder / f"check-{tail}")
                page.context.close()


if __name__ == "__main__":
    main()

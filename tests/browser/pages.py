"""Every page there is, who may see it, and what is done on it before it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.backstage import PASSWORD
from tests.browser.site import Site

Prepare = Callable[[Page, Site], object]


@dataclass(frozen=True, slots=True)
class Sight:
    """``path`` may hold ids of the tour in braces; ``who`` is empty for a visitor."""

    name: str
    path: str
    who: str = ""
    prepare: Prepare | None = None
    status: int = 200


# --- what is done first ---------------------------------------------------------------------


def answer_sample(page: Page, site: Site) -> None:
    page.locator("#sample .opt input").first.check()
    page.locator("#sample button").click()
    expect(page.locator(".verdict")).to_be_visible()


def refuse_start(page: Page, site: Site) -> None:
    page.locator("input[name=accommodation][value=none]").check()
    page.locator("main form button.primary").click()
    expect(page.locator(".errors")).to_be_visible()


def submit_empty(page: Page, site: Site) -> None:
    """A refused form; the browser's own checks are not asked."""
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.locator("main form button").first.click()
    expect(page.locator(".errorlist").first).to_be_visible()


def sign_in_as_guarded(page: Page, site: Site) -> None:
    page.locator("input[name=login]").fill("guarded")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/2fa/authenticate/")


def say_who_again(page: Page, site: Site) -> None:
    """A page behind a fresh password."""
    if "reauthenticate" in page.url:
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: "reauthenticate" not in url)


def attempt_in_work(page: Page, site: Site) -> None:
    """Answered, struck, flagged and unsure."""
    item = page.locator(".item.current")
    item.locator(".opt input").first.check()
    item.locator(".strike").nth(2).click()
    item.locator("input[name^=flag]").check()
    item.locator(".sure button").last.click()
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")


def attempt_offline(page: Page, site: Site) -> None:
    page.context.set_offline(True)
    page.locator(".item.current .opt input:not(:checked)").first.click()
    expect(page.locator("#banner")).to_be_visible()


def attempt_check(page: Page, site: Site) -> None:
    page.keyboard.press("r")
    expect(page.locator("#check")).to_be_visible()


def attempt_list(page: Page, site: Site) -> None:
    """On a phone the list of questions is a sheet."""
    if page.locator(".thumb").is_visible():
        page.locator(".thumb [data-go=palette]").click()
    expect(page.locator("#palette")).to_be_visible()


def attempt_keys(page: Page, site: Site) -> None:
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#keys")).to_be_visible()


def attempt_last_minutes(page: Page, site: Site) -> None:
    page.evaluate("document.querySelector('#clock').dataset.level = 'last'")


def reveal(page: Page, site: Site) -> None:
    button = page.locator(".item.current [data-reveal]")
    if button.count():
        button.click()
    expect(page.locator(".item.current .lesson")).to_be_visible()


def open_details(page: Page, site: Site) -> None:
    for summary in page.locator("main summary").all():
        summary.click()


def upload(broken: bool) -> Prepare:
    def prepare(page: Page, site: Site) -> None:
        text = site.backstage("sheet", broken=broken)
        page.locator("input[type=file]").set_input_files(
            {"name": "questions.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        page.locator("input[type=submit]").click()
        expect(page.locator(".import-preview")).to_be_visible()

    return prepare


# --- the pages --------------------------------------------------------------------------------

VISITOR = [
    Sight("front", "/"),
    Sight("front, sample answered", "/", prepare=answer_sample),
    Sight("exams, as a visitor", "/exams/"),
    Sight("exam, as a visitor", "/exams/saa-c03/full-mock/"),
    Sight("sign up", "/accounts/signup/"),
    Sight("sign up, refused", "/accounts/signup/", prepare=submit_empty),
    Sight("sign in", "/accounts/login/"),
    Sight("sign in, refused", "/accounts/login/", prepare=submit_empty),
    Sight("password forgotten", "/accounts/password/reset/"),
    Sight("password forgotten, sent", "/accounts/password/reset/done/"),
    Sight("password, new", "/accounts/password/reset/key/{reset}/"),
    Sight("password, old link", "/accounts/password/reset/key/1-abc-def/"),
    Sight("password, done", "/accounts/password/reset/key/done/"),
    Sight("second factor", "/accounts/login/", prepare=sign_in_as_guarded),
    Sight("address, confirm", "/accounts/confirm-email/{confirm}/"),
    Sight("help", "/help/"),
    Sight("settings, as a visitor", "/settings/"),
    Sight("nothing there", "/nowhere/", status=404),
]
LEARNER = [
    Sight("home", "/", "learner"),
    Sight("home, first time", "/", "newcomer"),
    Sight("exams", "/exams/", "learner"),
    Sight("exam", "/exams/saa-c03/full-mock/", "learner"),
    Sight("exam, refused", "/exams/saa-c03/full-mock/", "learner", refuse_start),
    Sight("exam, open", "/exams/saa-c03/half-mock/", "learner"),
    Sight("attempt", "/attempts/{open}/", "learner"),
    Sight("attempt, in work", "/attempts/{short}/", "learner", attempt_in_work),
    Sight("attempt, offline", "/attempts/{short}/", "learner", attempt_offline),
    Sight("attempt, before submitting", "/attempts/{short}/", "learner", attempt_check),
    Sight("attempt, list of questions", "/attempts/{open}/", "learner", attempt_list),
    Sight("attempt, shortcuts", "/attempts/{short}/", "learner", attempt_keys),
    Sight("attempt, last minute", "/attempts/{short}/", "learner", attempt_last_minutes),
    Sight("attempt, tutor", "/attempts/{tutor}/", "learner", reveal),
    Sight("check", "/attempts/{open}/review/", "learner"),
    Sight("result", "/attempts/{done}/result/", "learner", open_details),
    Sight("result, filtered", "/attempts/{done}/result/?show=wrong", "learner"),
    Sight("result of a quiz", "/attempts/{quiz}/result/", "learner"),
    Sight("explanations", "/attempts/{quiz}/explanations/", "learner"),
    Sight("item", "/attempts/{done}/items/2/", "learner"),
    Sight("timeline", "/attempts/{done}/timeline/", "learner"),
    Sight("history", "/history/", "learner"),
    Sight("history, empty", "/history/", "newcomer"),
    Sight("topics", "/progress/topics/", "learner"),
    Sight("topics, empty", "/progress/topics/", "newcomer"),
    Sight("notes", "/notes/saa-c03/", "learner"),
    Sight("notes, chapter", "/notes/saa-c03/route53/", "learner"),
    Sight("settings", "/settings/", "learner"),
    Sight("addresses", "/accounts/email/", "newcomer"),
    Sight("password, change", "/accounts/password/change/", "learner"),
    Sight("who again", "/accounts/reauthenticate/", "learner"),
    Sight("second factor, off", "/accounts/2fa/", "learner", say_who_again),
    Sight("second factor, on", "/accounts/2fa/", "guarded", say_who_again),
    Sight("second factor, switch on", "/accounts/2fa/totp/activate/", "learner", say_who_again),
    Sight("second factor, switch off", "/accounts/2fa/totp/deactivate/", "guarded", say_who_again),
    Sight("recovery codes", "/accounts/2fa/recovery-codes/", "guarded", say_who_again),
    Sight("sign out", "/accounts/logout/", "learner"),
    Sight("somebody else's", "/attempts/{done}/result/", "newcomer", status=404),
    Sight("not open to learners", "/desk/items/", "learner", status=403),
]
DESK = [
    Sight("item statistics", "/desk/items/", "author"),
    Sight("desk", "/admin/", "author"),
    Sight("desk, all", "/admin/", "boss"),
    Sight("desk, item bank", "/admin/questions/", "author"),
    Sight("questions", "/admin/questions/question/", "author"),
    Sight("questions, found", "/admin/questions/question/?q=route", "author"),
    Sight("question", "/admin/questions/question/{question}/change/", "author"),
    Sight("question, new", "/admin/questions/question/add/", "author"),
    Sight("question, history", "/admin/questions/question/{question}/history/", "author"),
    Sight("revisions", "/admin/questions/questionrevision/", "author"),
    Sight("revision", "/admin/questions/questionrevision/{revision}/change/", "author"),
    Sight("draft", "/admin/questions/questionrevision/{draft}/change/", "author"),
    Sight("preview", "/admin/questions/questionrevision/{draft}/preview/", "author"),
    Sight("import", "/admin/questions/question/import/", "author"),
    Sight("import, preview", "/admin/questions/question/import/", "author", upload(False)),
    Sight("import, errors", "/admin/questions/question/import/", "author", upload(True)),
    Sight("export", "/admin/questions/question/export/", "author"),
    Sight("facts", "/admin/questions/sourcefact/", "author"),
    Sight("fact", "/admin/questions/sourcefact/{fact}/change/", "author"),
    Sight("blueprints", "/admin/exams/examblueprint/", "author"),
    Sight("blueprint", "/admin/exams/examblueprint/{blueprint}/change/", "author"),
    Sight("blueprint, new", "/admin/exams/examblueprint/add/", "author"),
    Sight("attempts", "/admin/exams/attempt/", "author"),
    Sight("one attempt", "/admin/exams/attempt/{done}/change/", "author"),
    Sight("users", "/admin/auth/user/", "boss"),
    Sight("user, new", "/admin/auth/user/add/", "boss"),
    Sight("group, new", "/admin/auth/group/add/", "boss"),
]
PAGES = VISITOR + LEARNER + DESK

"""The database goes away in the middle of exams and comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from signal import SIGINT, SIGQUIT

from drills import witness
from drills.browsers import Browser, Crowd, Reply, all_acks, all_replies, wait_until
from drills.databases import Database, SQLiteStore
from drills.house import House
from drills.report import Outcome

BACK_SECONDS = 10.0  # the promise
PAGES = ("", "/history/", "/exams/", "/healthz")


def run(
    house: House,
    *,
    threads: int = 6,
    rounds: int = 2,
    away: float = 4,
    seen: int = 12,
    fault: str = "",
) -> Outcome:
    """503 "not saved" meanwhile, at work again soon after, nothing acknowledged lost."""
    what = "lock held past the time-out" if house.kind == "SQLite" else "server stopped, crashed"
    outcome = Outcome("outage", house.kind, f"{what}, {rounds} outages")
    database = house.store.fresh(f"outage{fault}")
    longest = 0.0
    with house.site(database, fault=fault) as site:
        browsers = house.browsers(site, threads)
        reader = site.browser(house.seats[threads])
        with Crowd(browsers, threads):
            for n in range(rounds):
                settle(browsers)
                with _away(house, database, n):
                    watch(outcome, browsers, away, seen)
                    _read(outcome, house, reader)
                longest = max(longest, back(outcome, browsers))
        outcome.check(reader.look().status == 200, "the page did not come back")
    conclude(outcome, database, browsers, longest)
    return outcome


@contextmanager
def _away(house: House, database: Database, n: int) -> Iterator[None]:
    """SQLite: another holds the write lock. PostgreSQL: shut down, every other time crashed."""
    if isinstance(house.store, SQLiteStore):
        with database.lock([]):
            yield
        return
    house.store.server.stop(SIGQUIT if n % 2 else SIGINT)
    try:
        yield
    finally:
        house.store.server.start()


def settle(browsers: Sequence[Browser]) -> None:
    """Wait until everybody has been acknowledged a few things more."""
    wait_until(_grown(browsers, 4), 20)


def _grown(browsers: Sequence[Browser], by: int) -> Callable[[], bool]:
    goals = [(browser, len(browser.acks) + by) for browser in browsers]
    return lambda: all(len(browser.acks) >= goal for browser, goal in goals)


def watch(outcome: Outcome, browsers: Sequence[Browser], away: float, seen: int) -> None:
    """Stay away so long at least, until enough refusals were seen; judge what came meanwhile."""
    begun = time.time()
    told = _told_since(browsers, begun + 0.2)
    wait_until(lambda: sum(reply.status == 503 for reply in told()) >= seen, 40)
    time.sleep(max(0.0, begun + away - time.time()))
    for reply in told():
        refused(outcome, reply, "application/json")
    outcome.check(told(), "no save was refused")


def watch_refusals(outcome: Outcome, browsers: Sequence[Browser], seen: int) -> None:
    """As ``watch``, but what still fits may be saved."""
    told = _told_since(browsers, time.time())
    wait_until(lambda: sum(reply.status == 503 for reply in told()) >= seen, 60)
    refusals = [reply for reply in told() if reply.status != 200]
    for reply in refusals:
        refused(outcome, reply, "application/json")
    outcome.check(len(refusals) >= seen, "the disk never was full")


def _told_since(browsers: Sequence[Browser], begun: float) -> Callable[[], list[Reply]]:
    return lambda: [reply for reply in all_replies(browsers) if reply.sent > begun]


def refused(outcome: Outcome, reply: Reply, kind: str) -> None:
    """An answer during the outage says 503, when to ask again, and says it in its kind."""
    outcome.check(reply.status == 503, f"{reply.status} instead of 503")
    if reply.status == 503:
        outcome.check(reply.retry_after.isdecimal(), "503 without Retry-After")
        outcome.check(reply.kind == kind, f"503 as {reply.kind}")
        said = reply.body.get("status") == "unavailable" or kind == "text/html"
        outcome.check(said, "503 without a word")


def _read(outcome: Outcome, house: House, reader: Browser) -> None:
    """Pages: a locked SQLite is read all the same; without PostgreSQL they say 503."""
    for page in PAGES:
        seen = Outcome(outcome.drill, outcome.database, page)
        reply = reader.look(page)
        if house.kind == "SQLite":
            seen.check(reply.status == 200, f"{reply.status} instead of 200")
        else:
            refused(seen, reply, "text/html")
        outcome.broken += [f"page {page or 'of the attempt'}: {text}" for text in seen.broken]


def back(outcome: Outcome, browsers: Sequence[Browser]) -> float:
    """Seconds until every browser is acknowledged again."""
    begun = time.time()
    again = wait_until(_grown(browsers, 1), BACK_SECONDS)
    outcome.check(again, f"not at work {BACK_SECONDS:g} s later")
    return time.time() - begun


def conclude(
    outcome: Outcome, database: Database, browsers: Sequence[Browser], longest: float
) -> None:
    acks, replies = all_acks(browsers), all_replies(browsers)
    outcome.acknowledged, outcome.lost = len(acks), len(witness.lost(database, acks))
    odd = {reply.status for reply in replies} - {200, 503}
    refusals = sum(reply.status == 503 for reply in replies)
    outcome.figures = {"503": refusals, "back after": f"{longest:.1f} s"}
    outcome.broken = sorted(set(outcome.broken))
    outcome.check(not odd, f"answers with status {sorted(odd)}")

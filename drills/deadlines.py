"""Saves around the deadline, and one that arrives in time but has to wait for a lock."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from drills import witness
from drills.browsers import Browser, Reply, Seat, all_acks, wait_until
from drills.databases import Database
from drills.house import House
from drills.report import Outcome

GRACE_SECONDS = 5.0
EARLIEST = -2.0  # of a save, in seconds from the deadline
TRIES = 3  # of a lock's wait
SWEPT_SECONDS = 20  # after the last deadline: the sweeper beats every second here
_MOVE = """
UPDATE exams_attempt SET started_at = %s, deadline = %s, grace_until = %s
WHERE REPLACE(CAST(id AS text), '-', '') = %s
"""


def end_at(database: Database, seat: Seat, deadline: float) -> None:
    """Give an attempt a deadline, in seconds of the wall clock, whatever it was."""
    when = datetime.fromtimestamp(deadline, UTC)
    grace = when + timedelta(seconds=GRACE_SECONDS)
    database.run(_MOVE, when - timedelta(hours=1), when, grace, seat.attempt)


def fuzz(
    house: House,
    *,
    exams: int = 40,
    saves: int = 15,
    spread: float = 10,
    latest: float = 8,
    fault: str = "",
) -> Outcome:
    """Each save is judged by its arrival: taken up to the grace's end, never after."""
    did = f"{exams * saves} saves {EARLIEST:+.0f} ... {latest:+.0f} s around {exams} deadlines"
    outcome = Outcome("deadline", house.kind, did)
    database = house.store.fresh(f"deadline{fault}")
    dice = random.Random(exams)
    with house.site(database, fault=fault, sweep_seconds=1) as site:
        browsers = house.browsers(site, exams)
        begun = time.time() + 3
        ends = [begun + dice.uniform(0, spread) for _ in browsers]
        for browser, end in zip(browsers, ends, strict=True):
            end_at(database, browser.seat, end)
        with ThreadPoolExecutor(exams) as pool:
            told = list(pool.map(partial(_around, saves=saves, latest=latest), browsers, ends))
        _swept(outcome, database, browsers)
    acks = all_acks(browsers)
    outcome.acknowledged, outcome.lost = len(acks), len(witness.lost(database, acks))
    _judge(outcome, database, browsers, ends, told)
    return outcome


def _around(
    browser: Browser, deadline: float, saves: int, latest: float
) -> list[tuple[int, Reply]]:
    """Save at random times around the deadline; each with its sequence number."""
    told: list[tuple[int, Reply]] = []
    dice = random.Random(browser.seat.attempt)
    for offset in sorted(dice.uniform(EARLIEST, latest) for _ in range(saves)):
        time.sleep(max(0.0, deadline + offset - time.time()))
        seq = browser.choose(len(told) % 65 + 1, dice.randint(1, 4))
        told.append((seq, browser.flush()))
    return told


def _judge(
    outcome: Outcome,
    database: Database,
    browsers: Sequence[Browser],
    ends: Sequence[float],
    told: Sequence[list[tuple[int, Reply]]],
) -> None:
    """A save arrives between its sending and its reply; what both agree on is certain."""
    logged = witness.late_entries(database)
    seen: Counter[str] = Counter()
    for browser, end, saves in zip(browsers, ends, told, strict=True):
        for seq, reply in saves:
            verdict = reply.body.get("status", str(reply.status))
            seen[verdict] += 1
            if reply.came <= end + GRACE_SECONDS:
                outcome.check(verdict == "saved", f"in time, but {verdict}")
            if reply.sent > end + GRACE_SECONDS:
                outcome.check(verdict in {"late", "closed"}, f"too late, but {verdict}")
            entry = (browser.seat.attempt, browser.client, seq)
            outcome.check(verdict != "late" or entry in logged, "late, but not in the event log")
    after = _taken_after(database, browsers, ends)
    outcome.figures = {"late": seen["late"], "closed": seen["closed"], "taken after": after}
    outcome.broken = [f"{text} ({n})" for text, n in Counter(outcome.broken).items()]
    outcome.check(not after, f"{after} stored after the grace")
    outcome.check(seen["late"], "no save was late: nothing was shown")
    outcome.check(not witness.doubles(database), "an attempt has two results")
    outcome.check(not witness.scored_wrongly(database), "not scored on its newest answers")


def _taken_after(database: Database, browsers: Sequence[Browser], ends: Sequence[float]) -> int:
    graces = {b.seat.attempt: e + GRACE_SECONDS for b, e in zip(browsers, ends, strict=True)}
    rows = (row for row in witness.stored(database) if row.attempt in graces)
    return sum(row.received.timestamp() > graces[row.attempt] + 1e-5 for row in rows)


def _swept(outcome: Outcome, database: Database, browsers: Sequence[Browser]) -> None:
    """Nobody submits: the sweeper does."""
    swept = wait_until(lambda: _all_scored(database, browsers), SWEPT_SECONDS, 0.25)
    outcome.check(swept, f"an attempt was still open {SWEPT_SECONDS} s later")


def _all_scored(database: Database, browsers: Sequence[Browser]) -> bool:
    states = witness.states(database)
    return all(states[browser.seat.attempt] == "scored" for browser in browsers)


def lock_wait(
    house: House, *, holds: Sequence[float] = (), exams: int = 5, fault: str = ""
) -> Outcome:
    """A save that arrives 0.1 s before the end of the grace and waits for a lock is taken."""
    holds = holds or ((1, 2.8, 4) if house.kind == "SQLite" else (1, 2, 2.7))
    waits = ", ".join(f"{hold:g}" for hold in holds)
    did = f"{exams} saves 0.1 s before the end, waiting {waits} s for the lock"
    outcome = Outcome("lock wait", house.kind, did)
    database = house.store.fresh(f"lock{fault}")
    with house.site(database, fault=fault, sweep_seconds=1) as site:
        browsers: list[Browser] = []
        seats = iter(house.seats)
        for hold in holds:
            for _ in range(TRIES):
                some = [site.browser(seat) for seat in islice(seats, exams)]
                browsers += some
                if _held(outcome, database, some, hold):
                    break
            outcome.check(all_acks(some), f"nothing to be shown of {hold:g} s")
        _swept(outcome, database, browsers)
    acks = all_acks(browsers)
    outcome.acknowledged, outcome.lost = len(acks), len(witness.lost(database, acks))
    outcome.check(not witness.scored_wrongly(database), "not scored on its newest answers")
    return outcome


def _held(outcome: Outcome, database: Database, browsers: Sequence[Browser], hold: float) -> bool:
    """All save at once while somebody holds the lock for ``hold`` seconds.

    On a busy machine a request may arrive after the end: the server says so, with its time in the
    event log, and it shows nothing. Returns whether they all came in time.
    """
    for browser in browsers:
        browser.look("/healthz")  # a warm connection: the request is there at once
        end_at(database, browser.seat, time.time() + 60)
    end = time.time() + 2
    for browser in browsers:
        end_at(database, browser.seat, end - GRACE_SECONDS)
        browser.choose(1, 2)
    with ThreadPoolExecutor(len(browsers)) as pool:
        time.sleep(max(0.0, end - 0.8 - time.time()))
        with database.lock([browser.seat.attempt for browser in browsers]):
            time.sleep(max(0.0, end - 0.1 - time.time()))
            saving = [pool.submit(browser.flush) for browser in browsers]
            time.sleep(hold)
    for browser, saved in zip(browsers, saving, strict=True):
        verdict = saved.result().body.get("status", saved.result().status)
        logged = (browser.seat.attempt, browser.client, 1) in witness.late_entries(database)
        outcome.check(verdict == "saved" or logged, f"after {hold:g} s: {verdict}")
    return len(all_acks(browsers)) == len(browsers)

"""Many submits of one attempt at the same moment; many clients on one attempt."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from drills import witness
from drills.browsers import Ack, Browser, Reply, all_acks, all_replies
from drills.house import House
from drills.report import Outcome


def together(browsers: Sequence[Browser], work: Callable[[Browser], Reply]) -> list[Reply]:
    """Each browser in a thread of its own, all let go at once."""
    gate = threading.Barrier(len(browsers))

    def go(browser: Browser) -> Reply:
        gate.wait(60)
        return work(browser)

    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(pool.map(go, browsers))


def submits(house: House, *, count: int = 200, fault: str = "") -> Outcome:
    """One result, and the same answer to all."""
    outcome = Outcome("submit", house.kind, f"{count} submits of one attempt at once")
    database = house.store.fresh(f"submit{fault}")
    if fault:
        house.stage(database, "lift")
    seat = house.seats[0]
    with house.site(database, fault=fault) as site:
        first = site.browser(seat, "first")
        for _ in range(10):
            first.insist(first.step)
        browsers = [site.browser(seat, f"tab-{n}") for n in range(count)]
        replies = together(browsers, lambda browser: browser.insist(browser.submit))
    taken = [reply for reply in replies if reply.body.get("status") == "scored"]
    outcome.acknowledged = len(taken)
    outcome.lost = len(witness.lost(database, first.acks))
    results = witness.results(database).get(seat.attempt, 0)
    answers = {json.dumps(reply.body, sort_keys=True) for reply in replies}
    busy = sum(reply.status == 503 for reply in all_replies(browsers))
    outcome.figures = {"results": results, "different answers": len(answers), "asked again": busy}
    outcome.check(results == 1, f"{results} results")
    outcome.check(len(answers) == 1 and len(taken) == count, "not the same answer to all")
    outcome.check(not witness.scored_wrongly(database), "not scored on its newest answers")
    return outcome


def conflicts(house: House, *, clients: int = 6, saves: int = 80) -> Outcome:
    """The last acknowledged write of an item counts, and every client knows of it."""
    did = f"{clients} clients x {saves} saves of the same 5 items"
    outcome = Outcome("conflict", house.kind, did)
    database = house.store.fresh("conflict")
    with house.site(database) as site:
        seat = house.seats[0]
        browsers = [site.browser(seat, f"tab-{n}") for n in range(clients)]
        together(browsers, lambda browser: _quarrel(browser, saves))
        for browser in browsers:
            browser.insist(browser.flush)  # asks for news
        closing = browsers[0].insist(browsers[0].submit)
    acks = sorted(all_acks(browsers), key=lambda ack: ack.rev)
    last = {ack.item: ack for ack in acks}
    outcome.acknowledged, outcome.lost = len(acks), len(witness.lost(database, acks))
    scored = witness.scored_picks(database)
    wrong = [ack for ack in last.values() if scored.get((ack.attempt, ack.item)) != [ack.pick]]
    outcome.check(closing.status == 200, "the submit was refused")
    outcome.check(not wrong, f"{len(wrong)} items scored on an older write")
    untold = sum(_untold(browser, last) for browser in browsers)
    outcome.figures = {"clients not told": untold}
    outcome.check(not untold, "a client does not know what counts")
    return outcome


def _quarrel(browser: Browser, saves: int) -> Reply:
    for n in range(saves):
        browser.choose(n % 5 + 1, (n + len(browser.client) + int(browser.client[-1])) % 4 + 1)
        reply = browser.insist(browser.flush)
    return reply


def _untold(browser: Browser, last: Mapping[int, Ack]) -> bool:
    """Whether what another client wrote last on some item is unknown to this one."""
    return any(
        ack.client != browser.client and browser.heard.get(item) != [ack.pick]
        for item, ack in last.items()
    )

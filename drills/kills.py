"""The server's processes are killed at random moments while many sit an exam."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor

from drills import witness
from drills.browsers import Browser, Crowd, all_acks, all_replies
from drills.house import House
from drills.report import Outcome


def run(
    house: House, *, kills: int = 20, exams: int = 50, threads: int = 12, fault: str = ""
) -> Outcome:
    """Every acknowledged answer is found again; what was submitted has exactly one result."""
    did = f"kill -9 of all server processes x {kills} under {exams} exams"
    outcome = Outcome("kill", house.kind, did)
    database = house.store.fresh(f"kill{fault}")
    dice = random.Random(kills)
    with house.site(database, fault=fault) as site, ThreadPoolExecutor(4) as submitting:
        crowd = house.browsers(site, exams)
        submitters = [
            [site.browser(seat, name) for name in ("first", "second")]
            for seat in house.seats[exams : exams + kills]
        ]
        submits = []
        with Crowd(crowd, threads):
            for pair in submitters:
                due = dice.uniform(0.4, 1.2)
                submits += [submitting.submit(_sit, browser, due) for browser in pair]
                time.sleep(due + dice.uniform(-0.05, 0.15))
                site.kill()
                site.start()
            closed = [done.result() for done in submits]
    everybody = [*crowd, *(browser for pair in submitters for browser in pair)]
    acks = all_acks(everybody)
    outcome.acknowledged = len(acks) + sum(closed)
    outcome.lost = len(witness.lost(database, acks))
    states, results = witness.states(database), witness.results(database)
    submitted = [pair[0].seat.attempt for pair in submitters]
    outcome.lost += sum(states[a] != "scored" or results.get(a) != 1 for a in submitted)
    _judge(outcome, all(closed), everybody)
    outcome.figures = {"submitted": len(submitted), "double results": witness.doubles(database)}
    outcome.check(not witness.doubles(database), "an attempt has two results")
    outcome.check(not witness.scored_wrongly(database), "not scored on its newest answers")
    return outcome


def _sit(browser: Browser, seconds: float) -> bool:
    """Answer until the time, then submit until it is acknowledged."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        browser.step()
    return browser.insist(browser.submit).body.get("status") == "scored"


def _judge(outcome: Outcome, all_closed: bool, everybody: list[Browser]) -> None:
    outcome.check(all_closed, "a submit was never acknowledged")
    odd = {reply.status for reply in all_replies(everybody)} - {0, 200, 409, 503}
    outcome.check(not odd, f"answers with status {sorted(odd)}")
    outcome.check(outcome.acknowledged, "nothing was acknowledged")

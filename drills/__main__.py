"""``python -m drills``: every drill on both databases, one line each. Exit 1 when a promise breaks.

Each database has a process of its own, and they run side by side. ``--only NAME`` runs the drills
whose name begins so, ``--on sqlite`` one database; then ``latest.json`` is left alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import repeat
from multiprocessing import get_context

from drills import at_once, beside, deadlines, full_disk, house, kills, outage, planted, report

SEATS = 72
Drill = Callable[[house.House], report.Outcome]
DRILLS: dict[str, Drill] = {
    "kill": kills.run,
    "submit": at_once.submits,
    "conflict": at_once.conflicts,
    "deadline": deadlines.fuzz,
    "lock-wait": deadlines.lock_wait,
    "outage": outage.run,
    "full-disk": full_disk.run,
    "writers": beside.writers,
    "backup": beside.backup,
}
HOUSES = {"sqlite": house.sqlite, "postgresql": house.postgresql}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--on", choices=HOUSES, default="")
    chosen = parser.parse_args()
    begun = time.monotonic()
    houses = [chosen.on] if chosen.on else list(HOUSES)
    with ProcessPoolExecutor(len(houses), get_context("spawn")) as pool:
        outcomes = [o for some in pool.map(_drill, houses, repeat(chosen.only)) for o in some]
    seconds = time.monotonic() - begun
    if not (chosen.only or chosen.on):
        report.write(outcomes, seconds)
    broken = sum(not outcome.holds for outcome in outcomes)
    _say(f"{len(outcomes)} drills in {seconds:.0f} s, {broken} broken")
    return 1 if broken else 0


def _drill(name: str, only: str) -> list[report.Outcome]:
    with HOUSES[name](SEATS) as place:
        return [_run(place, drill) for drill in _drills(place, only)]


def _drills(place: house.House, only: str) -> Iterator[Drill]:
    for name, drill in DRILLS.items():
        if name.startswith(only):
            yield drill
    for fault in planted.faults(place):
        if f"planted-{fault}".startswith(only):
            yield partial(planted.run, fault=fault)


def _run(place: house.House, drill: Drill) -> report.Outcome:
    begun = time.monotonic()
    outcome = drill(place)
    outcome.seconds = time.monotonic() - begun
    _say(f"{outcome.line()} ({outcome.seconds:.0f} s)")
    return outcome


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

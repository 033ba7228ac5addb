"""Which drills there are, and one database's run through them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

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


def run(database: str, only: str) -> list[report.Outcome]:
    """The drills whose name begins with ``only``, a line each as they end."""
    with HOUSES[database](SEATS) as place:
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
    say(f"{outcome.line()} ({outcome.seconds:.0f} s)")
    return outcome


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()

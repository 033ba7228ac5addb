"""Faults are planted in the server, and each has to make its drill fail."""

from __future__ import annotations

from collections.abc import Callable

from drills import at_once, beside, deadlines, kills, outage
from drills.house import House
from drills.report import Outcome

DRILLS: dict[str, Callable[[House, str], Outcome]] = {
    "acknowledge-early": lambda house, fault: kills.run(
        house, kills=2, exams=8, threads=4, fault=fault
    ),
    "score-twice": lambda house, fault: at_once.submits(house, count=8, fault=fault),
    "ignore-deadline": lambda house, fault: deadlines.fuzz(
        house, exams=4, saves=8, spread=0, latest=6, fault=fault
    ),
    "sweep-hastily": lambda house, fault: deadlines.lock_wait(
        house, holds=(2.5,), exams=4, fault=fault
    ),
    "swallow-outage": lambda house, fault: outage.run(
        house, threads=3, rounds=1, away=6, seen=0, fault=fault
    ),
    "copy-files": lambda house, fault: beside.backup(house, rounds=2, threads=2, fault=fault),
}
# PostgreSQL keeps the order in which a row's lock was asked for: haste does no harm there.
SQLITE_ONLY = {"copy-files", "sweep-hastily"}


def run(house: House, fault: str) -> Outcome:
    """Caught when the drill finds its promise broken."""
    inner = DRILLS[fault](house, fault)
    outcome = Outcome("planted fault", house.kind, f"{fault}: the drill “{inner.drill}”")
    outcome.acknowledged, outcome.lost = 0, 0
    outcome.figures = {"found": f"lost {inner.lost}; {'; '.join(inner.broken) or 'nothing else'}"}
    outcome.check(not inner.holds, "the fault was NOT caught")
    outcome.caught = not inner.holds
    return outcome


def faults(house: House) -> list[str]:
    return [name for name in DRILLS if house.kind == "SQLite" or name not in SQLITE_ONLY]

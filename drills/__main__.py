"""``python -m drills``: every drill on both databases, one line each. Exit 1 when a promise breaks.

Each database has a process of its own, and they run side by side. ``--only NAME`` runs the drills
whose name begins so, ``--on sqlite`` one database; then ``latest.json`` is left alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context

from drills import programme, report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--on", choices=programme.HOUSES, default="")
    chosen = parser.parse_args()
    begun = time.monotonic()
    houses = [chosen.on] if chosen.on else list(programme.HOUSES)
    with ProcessPoolExecutor(len(houses), get_context("spawn")) as pool:
        runs = list(pool.map(programme.run, houses, repeat(chosen.only)))
    outcomes = [outcome for run in runs for outcome in run]
    seconds = time.monotonic() - begun
    if not (chosen.only or chosen.on):
        report.write(outcomes, seconds)
    broken = sum(not outcome.holds for outcome in outcomes)
    programme.say(f"{len(outcomes)} drills in {seconds:.0f} s, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""Seconds to assemble a full form from a bank of the size given on the command line."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time

import django

RUNS = 40


def main(size: int) -> None:
    django.setup()
    from benchmarks import synthetic
    from exams import drawing
    from exams.models import ExamBlueprint, Owner

    synthetic.grow_bank(size)
    blueprint = ExamBlueprint.objects.open().get(code="full-mock")
    taken = []
    for seed in range(RUNS):
        started = time.perf_counter()
        drawing.draw(Owner(guest_key="nobody"), blueprint, random.Random(seed))
        taken.append(time.perf_counter() - started)
    json.dump({"seconds": statistics.median(taken)}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))

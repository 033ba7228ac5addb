"""Seconds and bytes of the pages of one attempt, through the whole stack in this process."""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

RUNS = 9
STATIC = Path(__file__).parent.parent / "static"


def main() -> None:
    django.setup()
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from benchmarks import people
    from exams import attempts
    from exams.models import ExamBlueprint, Owner
    from exams.protocol import Submission

    blueprint = ExamBlueprint.objects.open().get(code="full-mock")
    starts = []
    for _ in range(RUNS):
        started = time.perf_counter()
        [sitter] = people.sitters(1)
        starts.append(time.perf_counter() - started)
    client = Client(headers={"accept-encoding": "gzip", "host": "localhost"})
    for part in sitter.headers["Cookie"].split("; "):
        name, value = part.split("=", 1)
        client.cookies[name] = value
    page = client.get(reverse("attempt", args=[sitter.attempt.pk]))
    owner = Owner(user=sitter.attempt.user)
    attempts.submit(
        owner, sitter.attempt.pk, Submission("bench", {}, by_timer=False), arrival=timezone.now()
    )
    review = reverse("explanations", args=[sitter.attempt.pk])
    result = client.get(reverse("result", args=[sitter.attempt.pk]))
    json.dump(
        {
            "items": blueprint.item_count,
            "start_s": statistics.median(starts),
            "review_s": _median(lambda: client.get(review)),
            "attempt_kb": len(page.content) / 1000,
            "result_kb": len(result.content) / 1000,
            "script_kb": _gzipped("js/*.js"),
            "css_kb": _gzipped("css/*.css"),
        },
        sys.stdout,
    )


def _median(call: Callable[[], Any]) -> float:
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        response = call()
        taken.append(time.perf_counter() - started)
        assert response.status_code == 200, response.status_code
    return statistics.median(taken)


def _gzipped(pattern: str) -> float:
    """Kilobytes of the files that match, each compressed as it is sent."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in STATIC.glob(pattern)) / 1000


if __name__ == "__main__":
    main()

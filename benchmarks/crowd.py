"""Seconds for the staff's results list and item statistics over 10,000 finished attempts."""

from __future__ import annotations

import json
import statistics
import sys
import time

import django

ATTEMPTS, LEARNERS, RUNS = 10_000, 200, 5


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    from benchmarks import synthetic

    synthetic.finished_attempts(ATTEMPTS, LEARNERS)
    staff = get_user_model().objects.create_superuser("bench-staff", password="!")
    client = Client(headers={"host": "localhost"})
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    figures = {}
    for name, url in (
        ("list_s", reverse("admin:exams_attempt_changelist")),
        ("items_s", reverse("desk-items")),
    ):
        taken = []
        for _ in range(RUNS):
            started = time.perf_counter()
            response = client.get(url)
            taken.append(time.perf_counter() - started)
            assert response.status_code == 200, (url, response.status_code)
        figures[name] = statistics.median(taken)
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()

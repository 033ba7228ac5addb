"""Server CPU per saved answer against a floor that does one durable upsert.

Run as a module in a process whose DATABASE_URL names the database to measure; prints JSON.
The two are measured in turns over the same persistent connections, so that a machine that
slows down slows both; the figure is the ratio.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

LEARNERS = 4
TURNS = 7
SAVES_A_TURN = 60  # per learner


def main() -> None:
    django.setup()
    from benchmarks import people, server

    extra = [int(pid) for pid in os.environ.get("DATABASE_PIDS", "").split(",") if pid]
    sitters = people.sitters(LEARNERS)
    with server.running({}) as (port, pid), ThreadPoolExecutor(LEARNERS) as pool:
        clients = [_Client(port, sitter) for sitter in sitters]
        turns: dict[str, list[float]] = {"save": [], "floor": []}
        waits: list[float] = []
        for kind in ["save", "floor"] * (TURNS + 1):
            before = server.cpu_seconds(pid, *extra)
            for taken in pool.map(lambda client, kind=kind: client.run(kind), clients):
                waits += taken if kind == "save" else []
            used = server.cpu_seconds(pid, *extra) - before
            turns[kind].append(used / (LEARNERS * SAVES_A_TURN))
    ratios = [s / f for s, f in zip(turns["save"][1:], turns["floor"][1:], strict=True)]
    json.dump(
        {
            "save_ms": 1000 * statistics.median(turns["save"][1:]),
            "floor_ms": 1000 * statistics.median(turns["floor"][1:]),
            "ratio": statistics.median(ratios),
            "p95_ms": 1000 * sorted(waits)[int(len(waits) * 0.95)],
        },
        sys.stdout,
    )


class _Client:
    """One learner's browser: a kept connection, one answer a request."""

    def __init__(self, port: int, sitter: Any) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.sitter = sitter
        self.seq = 0

    def run(self, kind: str) -> list[float]:
        """``SAVES_A_TURN`` requests of one kind; returns each one's seconds."""
        taken = []
        for n in range(SAVES_A_TURN):
            self.seq += 1
            item = n % 65 + 1
            entry = {"item": item, "seq": self.seq, "selected": [n % 4 + 1]}
            body = {"v": 1, "client_id": "bench", "base_rev": 10**6, "entries": [entry]}
            path = f"/attempts/{self.sitter.attempt.pk}/answers/"
            if kind == "floor":
                path = f"/floor/{item}/"
            started = time.perf_counter()
            self.connection.request("POST", path, json.dumps(body), self.sitter.headers)
            response = self.connection.getresponse()
            answer = response.read()
            taken.append(time.perf_counter() - started)
            if response.status != 200:
                raise RuntimeError(f"{kind}: {response.status} {answer[:200]!r}")
        return taken


if __name__ == "__main__":
    main()

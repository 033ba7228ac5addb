"""Measure everything, print a table, write ``latest.json``. Exit 1 when a target is missed.

Each part runs in a process of its own on a throw-away copy of the shipped subject.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.report import Figure, table, write
from tests import postgres


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="cutscore-bench-") as folder:
        bench = Bench(Path(folder))
        figures = [*pages(bench), *assembly(bench), *sheets(bench), *crowd(bench), *saves(bench)]
    print(table(figures))
    write(figures)
    return 0 if all(figure.holds is not False for figure in figures) else 1


class Bench:
    """A folder with one loaded database; each part gets a copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "CUTSCORE_TESTING": "1",
            "DATA_DIR": str(folder),
        }
        self.loaded = folder / "loaded.sqlite3"
        self.prepare(f"sqlite:///{self.loaded}")

    def prepare(self, address: str) -> None:
        for command in ("migrate", "load_subject"):
            self._run([sys.executable, "manage.py", command], address)

    def copy(self, name: str) -> str:
        path = self.folder / f"{name}.sqlite3"
        shutil.copy(self.loaded, path)
        return f"sqlite:///{path}"

    def part(self, name: str, *arguments: str, address: str, **extra: str) -> dict[str, Any]:
        """Run ``benchmarks.<name>`` and return what it printed."""
        print(f"Measuring {name} {' '.join(arguments)}", file=sys.stderr)
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        result: dict[str, Any] = json.loads(self._run(command, address, **extra))
        return result

    def _run(self, command: list[str], address: str, **extra: str) -> str:
        environment = os.environ | self.environment | {"DATABASE_URL": address} | extra
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout


def pages(bench: Bench) -> list[Figure]:
    found = bench.part("pages", address=bench.copy("pages"))
    return [
        Figure("start a 65-item attempt", 1000 * found["start_s"], "ms", 100),
        Figure("review of 65 items", 1000 * found["review_s"], "ms", 150),
        Figure("attempt page, 65 items, two languages, gzip", found["attempt_kb"], "kB", 80),
        Figure("result page, gzip", found["result_kb"], "kB", 40),
        Figure("own script, gzip", found["script_kb"], "kB", 20),
        Figure("own CSS beside the font rules, gzip", found["css_kb"], "kB", 12),
    ]


def assembly(bench: Bench) -> list[Figure]:
    address = bench.copy("assembly")
    small = bench.part("drawing", "1000", address=address)["seconds"]
    large = bench.part("drawing", "100000", address=address)["seconds"]
    return [
        Figure("assembly of a full form from 1,000 questions", 1000 * small, "ms", 50),
        Figure("assembly of a full form from 100,000 questions", 1000 * large, "ms", 50),
        Figure("assembly, 100,000 against 1,000 questions", large / small, "x", 1.5),
    ]


def sheets(bench: Bench) -> list[Figure]:
    found = bench.part("sheets", address=bench.copy("sheets"))
    both = found["preview_s"] + found["confirm_s"]
    return [Figure("import of 1,000 questions: preview and confirm", both, "s", 6)]


def crowd(bench: Bench) -> list[Figure]:
    found = bench.part("crowd", address=bench.copy("crowd"))
    return [
        Figure("results list over 10,000 attempts", found["list_s"], "s", 1),
        Figure("item statistics over 10,000 attempts", found["items_s"], "s", 1),
    ]


def saves(bench: Bench) -> list[Figure]:
    found = {"SQLite": bench.part("saves", address=bench.copy("saves"))}
    with postgres.running(durable=True) as (address, pid):
        bench.prepare(address)
        found["PostgreSQL"] = bench.part("saves", address=address, DATABASE_PIDS=str(pid))
    return [
        figure
        for name, one in found.items()
        for figure in (
            Figure(f"{name}: CPU per saved answer against the floor", one["ratio"], "x", 1.8),
            Figure(f"{name}: CPU per saved answer", one["save_ms"], "ms"),
            Figure(f"{name}: CPU of the floor", one["floor_ms"], "ms"),
            Figure(f"{name}: a save's wait, 4 learners without pause, p95", one["p95_ms"], "ms"),
        )
    ]


if __name__ == "__main__":
    sys.exit(main())

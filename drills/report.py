"""One line per drill and database for people, a file for machines, a table for the docs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LATEST = Path(__file__).with_name("latest.json")


@dataclass(slots=True)
class Outcome:
    """What a drill did and found. It holds when nothing is lost and nothing ``broken``.

    ``acknowledged`` counts the promises the server made, ``lost`` those not found again.
    """

    drill: str
    database: str
    did: str
    acknowledged: int = 0
    lost: int = 0
    broken: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    skipped: str = ""
    seconds: float = 0
    caught: bool = False

    @property
    def holds(self) -> bool:
        return not self.lost and not self.broken

    @property
    def verdict(self) -> str:
        if self.skipped:
            return "not drilled"
        if self.caught:
            return "caught"
        return "holds" if self.holds else "BROKEN"

    def check(self, true: object, otherwise: str) -> None:
        """Note what is broken unless it is true."""
        if not true:
            self.broken.append(otherwise)

    def line(self) -> str:
        if self.skipped:
            return f"{self.drill:<14} {self.database:<10} not drilled: {self.skipped}"
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        kept = self.acknowledged - self.lost
        counts = f"acknowledged {self.acknowledged}, found {kept}, lost {self.lost}"
        parts = [
            f"{self.drill:<14} {self.database:<10} {self.did}",
            *([counts] if self.acknowledged else []),
            *([figures] if figures else []),
            "; ".join([self.verdict, *self.broken]),
        ]
        return " | ".join(parts)

    def row(self) -> dict[str, Any]:
        found = {"found": self.acknowledged - self.lost, "verdict": self.verdict}
        return asdict(self) | found | {"seconds": round(self.seconds, 1)}


def write(outcomes: Sequence[Outcome], seconds: float) -> None:
    taken = {"taken_at": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": round(seconds)}
    rows = [outcome.row() for outcome in outcomes]
    LATEST.write_text(json.dumps(taken | {"drills": rows}, indent=2, ensure_ascii=False) + "\n")


def table(latest: dict[str, Any]) -> str:
    """The rows of ``latest.json`` as Markdown."""
    lines = [
        "| drill | database | what was done | acknowledged | found | lost | besides | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in latest["drills"]:
        besides = ", ".join(f"{name} {value}" for name, value in row["figures"].items())
        did = row["skipped"] or row["did"]
        counts = [row["acknowledged"], row["found"], row["lost"]]
        cells = [row["drill"], row["database"], did, *counts, besides, row["verdict"]]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(json.loads(LATEST.read_text())) + "\n")

"""A row per figure, a table for people, a file for machines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

LATEST = Path(__file__).with_name("latest.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; it holds when it is at most ``target`` (``None``: only reported)."""

    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def holds(self) -> bool | None:
        return None if self.target is None else self.value <= self.target


def table(figures: list[Figure]) -> str:
    rows = [
        (
            figure.name,
            f"{figure.value:.4g} {figure.unit}",
            "" if figure.target is None else f"<= {figure.target:g}",
            {True: "holds", False: "MISSED", None: ""}[figure.holds],
        )
        for figure in figures
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows
    )


def write(figures: list[Figure]) -> None:
    rows = [asdict(figure) | {"holds": figure.holds} for figure in figures]
    for row in rows:
        row["value"] = round(row["value"], 6)
    LATEST.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")

"""LSAT6 and LSAT7 (Bock & Lieberman 1970) and what R computes from them: see data/lsat.R."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[1] / "data"
SECTIONS = ("lsat6", "lsat7")


@cache
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "lsat.json").read_text())
    return found


@cache
def patterns() -> np.ndarray:
    """The 32 response patterns, (32, 5), in the file's order."""
    return _table()[:, :5]


@cache
def scores(section: str) -> np.ndarray:
    """0 or 1 of a thousand people on five items, (1000, 5)."""
    return np.repeat(patterns(), _table()[:, 5 + SECTIONS.index(section)], axis=0)


@cache
def _table() -> np.ndarray:
    with (FOLDER / "lsat.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    return np.array(rows, dtype=np.int64)

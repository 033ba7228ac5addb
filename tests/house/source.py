"""The project's own source files, as these tests read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "questions", "exams")
TEMPLATES = ROOT / "templates"


def python_files(*packages: str) -> Iterator[Path]:
    """Python files but for migrations, which Django writes."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))

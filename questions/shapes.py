"""Is parsed JSON what we expect? Pure; the answer is a list of complaints that name the field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

Shape = Mapping[str, type]

# NUL ends strings in C and PostgreSQL refuses it; a lone surrogate cannot be written as UTF-8.
# The rest of the control characters and the direction overrides only ever hide something.
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e]")
WORDS = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


def complaints(value: Any, shape: Shape, optional: frozenset[str] = frozenset()) -> list[str]:
    """What keeps ``value`` from being an object with just these fields of these types."""
    if not isinstance(value, dict):
        return [f"expected an object, found {_kind(value)}"]
    found = [f"{name}: unknown field" for name in value if name not in shape]
    for name, kind in shape.items():
        if name in value:
            found.extend(_field(name, value[name], kind))
        elif name not in optional:
            found.append(f"{name}: missing")
    return found


def text_list(name: str, values: list[Any]) -> list[str]:
    """Complaints about a list that has to hold text only, without repeats."""
    found = [
        complaint
        for position, value in enumerate(values, 1)
        for complaint in _field(f"{name}[{position}]", value, str)
    ]
    if not found and len(set(values)) < len(values):
        found.append(f"{name}: the same value stands twice")
    return found


def iso_date(name: str, value: str) -> list[str]:
    """Complaints about a text that has to be a date like 2026-11-24."""
    try:
        date.fromisoformat(value)
    except ValueError:
        return [f"{name}: not a date like 2026-11-24: {value[:20]!r}"]
    return []


def unfit_character(text: str) -> str:
    """``"U+0000"`` for the first character that cannot be kept, else an empty text."""
    match = UNFIT.search(text)
    return f"U+{ord(match.group()):04X}" if match else ""


def _field(name: str, value: Any, kind: type) -> Iterator[str]:
    # A bool is an int to Python, not to us.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{name}: expected {WORDS[kind]}, found {_kind(value)}"
    elif isinstance(value, str) and (character := unfit_character(value)):
        yield f"{name}: holds the character {character}, which cannot be kept"


def _kind(value: Any) -> str:
    return "nothing" if value is None else WORDS.get(type(value), type(value).__name__)

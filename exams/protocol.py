"""The save protocol's messages, version 1: JSON in, typed records out (docs/save-protocol.md).

Pure: knows the messages' form, not the attempt. Everything that is wrong with a message is a
``ProtocolError`` that names the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

VERSIONS = (1,)
MAX_ENTRIES = 500
MAX_INT = 2**31 - 1
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
LANGUAGES = ("", "ko", "en")
REPORTS = ("resumed", "focus-lost", "focus-back", "offline", "online")
MAX_REPORTS = 100


class ProtocolError(Exception):
    """A message that cannot be taken. 400: not a message; 422: a field's value is wrong."""

    def __init__(self, field: str, message: str, status: int = 422) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Entry:
    """The whole state of one item. ``item`` is its position; choices are numbered as shown."""

    item: int
    seq: int
    selected: tuple[int, ...] = ()
    flagged: bool = False
    struck: tuple[int, ...] = ()
    sure: bool | None = None
    language: str = ""
    shown_ms: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Something that happened in the browser ``ago_ms`` before it was sent.

    ``n`` counts the client's reports, so that a retry is not logged twice.
    """

    kind: str
    n: int
    ago_ms: int


@dataclass(frozen=True, slots=True)
class Batch:
    client_id: str
    base_rev: int
    entries: tuple[Entry, ...]
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """``newest`` maps item positions to the last sequence number the client gave each."""

    client_id: str
    newest: Mapping[int, int]
    by_timer: bool


def parse_batch(body: bytes) -> Batch:
    """Read ``POST …/answers/``. Raises ProtocolError."""
    message = _message(body)
    raw = message.get("entries")
    if not isinstance(raw, list) or len(raw) > MAX_ENTRIES:
        raise ProtocolError("entries", f"a list of at most {MAX_ENTRIES} entries is expected")
    entries = tuple(_entry(value, f"entries[{i}]") for i, value in enumerate(raw))
    for name in ("item", "seq"):
        values = [getattr(entry, name) for entry in entries]
        if len(set(values)) != len(values):
            raise ProtocolError("entries", f"two entries have the same {name}")
    reports = tuple(_reports(message.get("events", [])))
    return Batch(_client_id(message), _int(message, "base_rev", ""), entries, reports)


def parse_submission(body: bytes) -> Submission:
    """Read ``POST …/submit/`` in its JSON form. Raises ProtocolError."""
    message = _message(body)
    raw = message.get("newest", {})
    if not isinstance(raw, dict) or len(raw) > MAX_ENTRIES:
        raise ProtocolError("newest", "an object of item: seq is expected")
    newest = {}
    for key, value in raw.items():
        if not re.fullmatch(r"[1-9][0-9]{0,3}", key):
            raise ProtocolError("newest", "items are given by their position")
        newest[int(key)] = _int({"seq": value}, "seq", f"newest.{key}.")
    reason = message.get("reason", "")
    if reason not in ("", "timer"):
        raise ProtocolError("reason", "is empty or “timer”")
    return Submission(_client_id(message), newest, by_timer=reason == "timer")


def _message(body: bytes) -> dict[str, Any]:
    if b"\\u0000" in body or b"\x00" in body:
        raise ProtocolError("body", "NUL is not taken", status=400)
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("body", "not JSON", status=400) from error
    if not isinstance(message, dict):
        raise ProtocolError("body", "a JSON object is expected", status=400)
    if message.get("v") not in VERSIONS or isinstance(message.get("v"), bool):
        raise ProtocolError("v", f"this server speaks {VERSIONS}")
    return message


def _client_id(message: Mapping[str, Any]) -> str:
    value = message.get("client_id")
    if not isinstance(value, str) or not CLIENT_ID.fullmatch(value):
        raise ProtocolError("client_id", "1 to 40 letters, digits, - or _ are expected")
    return value


def _entry(value: Any, where: str) -> Entry:
    if not isinstance(value, dict):
        raise ProtocolError(where, "an object is expected")
    language = value.get("language", "")
    if language not in LANGUAGES:
        raise ProtocolError(f"{where}.language", "ko or en is expected")
    sure = value.get("sure")
    if sure is not None and not isinstance(sure, bool):
        raise ProtocolError(f"{where}.sure", "true, false or null is expected")
    flagged = value.get("flagged", False)
    if not isinstance(flagged, bool):
        raise ProtocolError(f"{where}.flagged", "true or false is expected")
    return Entry(
        item=_int(value, "item", f"{where}.", least=1),
        seq=_int(value, "seq", f"{where}.", least=1),
        selected=_choices(value, "selected", where),
        flagged=flagged,
        struck=_choices(value, "struck", where),
        sure=sure,
        language=language,
        shown_ms=_int(value, "shown_ms", f"{where}.", default=0),
    )


def _reports(raw: Any) -> Iterator[Report]:
    if not isinstance(raw, list) or len(raw) > MAX_REPORTS:
        raise ProtocolError("events", f"a list of at most {MAX_REPORTS} events is expected")
    for i, value in enumerate(raw):
        where = f"events[{i}]."
        if not isinstance(value, dict) or value.get("kind") not in REPORTS:
            raise ProtocolError(f"{where}kind", f"one of {REPORTS} is expected")
        yield Report(value["kind"], _int(value, "n", where, least=1), _int(value, "ago_ms", where))


def _int(
    message: Mapping[str, Any], name: str, where: str, *, least: int = 0, default: int | None = None
) -> int:
    value = message.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_INT:
        raise ProtocolError(f"{where}{name}", f"a whole number from {least} is expected")
    return value


def _choices(entry: Mapping[str, Any], name: str, where: str) -> tuple[int, ...]:
    value = entry.get(name, [])
    if (
        not isinstance(value, list)
        or len(value) > 20
        or not all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= 20 for n in value)
        or len(set(value)) != len(value)
    ):
        raise ProtocolError(f"{where}.{name}", "a list of choice numbers, as shown, is expected")
    return tuple(sorted(value))

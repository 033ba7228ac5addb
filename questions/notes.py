"""Markdown notes as chapters, sections and bullets. Pure: text in, records out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_BYTES = 5 * 2**20
MAX_LINE = 20_000
MAX_NESTING = 12
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
BULLET = re.compile(r"(\s*)(?:[-*+]|\d{1,4}[.)])\s+(.*\S)")
FENCE = re.compile(r"\s*(```|~~~)")
MARKS = re.compile(r"[*_`~]+|^\[[ xX]\]\s*")


class NotesError(ValueError):
    """Notes that cannot be read; the message names the line where there is one."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """One list entry. ``line`` counts from 1 in the file; ``section`` is the path of headings."""

    line: int
    text: str
    section: str

    @property
    def fingerprint(self) -> str:
        """Eight hex digits of the section and the text without marks and spacing."""
        text = f"{self.section}\n{squeeze(self.text)}"
        return hashlib.sha256(text.encode()).hexdigest()[:8].upper()


@dataclass(slots=True)
class NotesChapter:
    """A top-level heading and what follows it, up to the next one."""

    number: int
    title: str
    first_line: int
    lines: list[str] = field(default_factory=list)
    bullets: list[Bullet] = field(default_factory=list)

    @property
    def markdown(self) -> str:
        return "\n".join(self.lines)


def squeeze(text: str) -> str:
    """A text for comparison: no Markdown marks, single spaces, lower case."""
    return " ".join(MARKS.sub("", text).split()).lower()


def decode(data: bytes) -> str:
    """The notes as text. Raises NotesError for what is too large, not UTF-8 or holds NUL."""
    if len(data) > MAX_BYTES:
        raise NotesError(f"The file is larger than {MAX_BYTES // 2**20} MB.")
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise NotesError(f"Line {line} holds a NUL character.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotesError(f"Line {line} is not UTF-8.") from error


def parse(text: str) -> list[NotesChapter]:
    """Split notes into chapters. Headings in fenced code do not count.

    Raises NotesError for no top-level heading, text before it, a line over 20,000 characters
    or lists nested more than 12 deep.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    chapters: list[NotesChapter] = []
    path: list[str] = []
    for number, (line, in_code) in enumerate(_with_code(lines), 1):
        if len(line) > MAX_LINE:
            raise NotesError(f"Line {number} is longer than {MAX_LINE:,} characters.")
        heading = None if in_code else HEADING.match(line)
        if heading and len(heading[1]) == 1:
            chapters.append(NotesChapter(len(chapters) + 1, heading[2], number))
            path = [heading[2]]
        elif not chapters:
            if line.strip():
                raise NotesError(f"Line {number} comes before the first heading (“# …”).")
            continue
        elif heading:
            path = [*path[: len(heading[1]) - 1], heading[2]]
        elif not in_code and (bullet := BULLET.match(line)):
            chapters[-1].bullets.append(_bullet(number, bullet, path))
        chapters[-1].lines.append(line)
    if not chapters:
        raise NotesError("There is no heading (“# …”) to make a chapter from.")
    return chapters


def _bullet(number: int, match: re.Match[str], path: list[str]) -> Bullet:
    depth = len(match[1].expandtabs(4)) // 2
    if depth >= MAX_NESTING:
        raise NotesError(f"Line {number} is nested more than {MAX_NESTING} deep.")
    return Bullet(number, match[2], " > ".join(path))


def _with_code(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Each line with whether it stands in (or opens or closes) fenced code."""
    fence = ""
    for line in lines:
        mark = FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
            yield line, True
        else:
            yield line, bool(fence)

"""Texts that are marked for translation, and the catalogue that translates them.

Reads sources and ``.po`` files in Python, so that no gettext program has to be installed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
CALL = re.compile(r"\b(?:n?gettext|_)\(\s*u?((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))")
HOLES = re.compile(r"%(?:\([a-z_]+\))?[sdf]|\{[a-z_]*\}")
LINE = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)?\s*"(.*)"$')


def in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            first = node.args[0]
            if name in MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def in_template(path: Path) -> Iterator[str]:
    for literal in CALL.findall(templatize(path.read_text())):
        yield ast.literal_eval(literal)


def read(path: Path) -> dict[str, list[str]]:
    """Translations by text; an entry marked fuzzy counts as not translated."""
    found: dict[str, list[str]] = {}
    for block in path.read_text().split("\n\n"):
        parts: dict[str, str] = {}
        current = ""
        for line in block.splitlines():
            if match := LINE.match(line):
                current = match[1] or current
                text = ast.literal_eval(f'"{match[2]}"')
                parts[current] = parts.get(current, "") + text
        if parts.get("msgid") and not re.search(r"^#,.*\bfuzzy\b", block, re.M):
            found[parts["msgid"]] = [v for k, v in parts.items() if k.startswith("msgstr")]
    return found


def holes(text: str) -> list[str]:
    """The places that are filled in later."""
    return sorted(HOLES.findall(text.replace("%%", "")))

"""A subject as text files: reading with complaints that name file and field, and writing.

    subject.json               the subject, its domains, objectives and chapters
    facts/NN-slug.json         the source facts of one chapter
    questions/NN-slug.json     the questions of one chapter
    blueprints.json            see exams.blueprint_files

No database here: questions.loading puts what was read into it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from questions import content, shapes
from questions.content import Record
from questions.models import SourceFact

Row = dict[str, Any]

SUBJECT_FORMAT = "cutscore-subject/1"
FACTS_FORMAT = "cutscore-facts/1"
QUESTIONS_FORMAT = "cutscore-questions/1"
LARGEST_FILE = 10 * 1024 * 1024  # bytes

SUBJECT_SHAPE: shapes.Shape = {
    "format": str, "code": str, "title_en": str, "title_ko": str, "summary_en": str,
    "summary_ko": str, "domains": list, "chapters": list,
}  # fmt: skip
DOMAIN_SHAPE: shapes.Shape = {
    "number": int, "name_en": str, "name_ko": str, "weight": int, "objectives": list,
}  # fmt: skip
OBJECTIVE_SHAPE: shapes.Shape = {"code": str, "name_en": str, "name_ko": str}
CHAPTER_SHAPE: shapes.Shape = {"number": int, "slug": str, "title_en": str, "title_ko": str}
FACT_SHAPE: shapes.Shape = {
    "code": str, "origin": str, "section": str, "quote": str, "notes_lines": list,
    "statement_en": str, "statement_ko": str, "verdict": str, "correction_en": str,
    "correction_ko": str, "why": str, "remark": str, "volatile": bool, "reference_url": str,
    "checked_on": str, "objectives": list,
}  # fmt: skip


class BankFileError(Exception):
    """Files that cannot be loaded. ``complaints`` each name the file and the field."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class SubjectFiles:
    """What the files say; facts and questions by chapter slug."""

    subject: Row
    facts: dict[str, list[Row]] = field(default_factory=dict)
    questions: dict[str, list[Record]] = field(default_factory=dict)


# --- reading --------------------------------------------------------------------------


def read(folder: Path) -> SubjectFiles:
    """Everything but the blueprints, checked. Raises BankFileError with all complaints."""
    subject = read_subject(folder / "subject.json")
    slugs = {f"{chapter['number']:02d}-{chapter['slug']}": chapter["slug"]
             for chapter in subject["chapters"]}  # fmt: skip
    found: list[str] = []
    facts = _chapters(folder / "facts", slugs, subject, "facts", _fact_complaints, found)
    questions = _chapters(
        folder / "questions", slugs, subject, "questions", _question_complaints, found
    )
    if not found:
        found += _repeats(facts, "fact") + _repeats(questions, "question")
    if found:
        raise BankFileError(found)
    records = {slug: [content.canonical(row) for row in rows] for slug, rows in questions.items()}
    return SubjectFiles(subject, facts, records)


def read_json(path: Path) -> Any:
    """Parsed JSON. Raises BankFileError for what is no readable, honest JSON file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BankFileError([f"{path.name}: larger than {LARGEST_FILE // 2**20} MB"])
        text = path.read_text(encoding="utf-8")
        return json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except FileNotFoundError:
        raise BankFileError([f"{path}: there is no such file"]) from None
    except OSError as error:
        raise BankFileError([f"{path}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise BankFileError([f"{path.name}: not UTF-8 at byte {error.start}"]) from error
    except json.JSONDecodeError as error:
        where = f"{path.name} line {error.lineno} column {error.colno}"
        raise BankFileError([f"{where}: {error.msg}"]) from error
    except (ValueError, RecursionError) as error:
        raise BankFileError([f"{path.name}: {error}"]) from error


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = Counter(name for name, _ in pairs)
    if repeated := [name for name, count in names.items() if count > 1]:
        raise ValueError(f"the field {repeated[0]!r} stands twice in one object")
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def read_subject(path: Path) -> Row:
    """``subject.json``, checked. Raises BankFileError."""
    row = read_json(path)
    found = shapes.complaints(row, SUBJECT_SHAPE) or _format_complaints(row, SUBJECT_FORMAT)
    if not found:
        found += _list_complaints(row, "domains", DOMAIN_SHAPE)
        found += _list_complaints(row, "chapters", CHAPTER_SHAPE)
    if not found:
        for domain in row["domains"]:
            where = f"domains[{domain['number']}] "
            found += [where + c for c in _list_complaints(domain, "objectives", OBJECTIVE_SHAPE)]
    if not found:
        found += _subject_repeats(row)
    if found:
        raise BankFileError([f"{path.name}: {complaint}" for complaint in found])
    return row


def _subject_repeats(row: Row) -> list[str]:
    values = {
        "domains number": [domain["number"] for domain in row["domains"]],
        "objectives code": [o["code"] for domain in row["domains"] for o in domain["objectives"]],
        "chapters number": [chapter["number"] for chapter in row["chapters"]],
        "chapters slug": [chapter["slug"] for chapter in row["chapters"]],
    }
    return [
        f"{name}: {value!r} stands {count} times"
        for name, listed in values.items()
        for value, count in Counter(listed).items()
        if count > 1
    ]


def _format_complaints(row: Row, expected: str) -> list[str]:
    if row["format"] == expected:
        return []
    return [f"format: expected {expected!r}, found {row['format'][:40]!r}"]


def _list_complaints(row: Row, name: str, shape: shapes.Shape) -> list[str]:
    return [
        f"{name}[{position}] {complaint}"
        for position, part in enumerate(row[name], 1)
        for complaint in shapes.complaints(part, shape)
    ]


def _chapters(
    folder: Path,
    slugs: Mapping[str, str],
    subject: Row,
    name: str,
    check: Callable[[Any], list[str]],
    found: list[str],
) -> dict[str, list[Row]]:
    """The rows of each chapter's file in ``folder``; complaints are added to ``found``."""
    chapters = {}
    for path in sorted(folder.glob("*.json")):
        try:
            rows = _chapter(path, slugs, subject, name)
        except BankFileError as error:
            found.extend(error.complaints)
            continue
        for position, row in enumerate(rows, 1):
            label = row.get("code") if isinstance(row, dict) else None
            where = f"{path.name} {label or f'{name}[{position}]'}"
            found.extend(f"{where}: {complaint}" for complaint in check(row))
        chapters[slugs[path.stem]] = rows
    return chapters


def _chapter(path: Path, slugs: Mapping[str, str], subject: Row, name: str) -> list[Any]:
    document = read_json(path)
    shape = {"format": str, "subject": str, "chapter": str, name: list}
    expected = {
        "format": FACTS_FORMAT if name == "facts" else QUESTIONS_FORMAT,
        "subject": subject["code"],
        "chapter": slugs.get(path.stem),
    }
    found = shapes.complaints(document, shape)
    if path.stem not in slugs:
        found = ["the file is not named after a chapter (NN-slug.json)"]
    elif not found:
        found = [
            f"{key}: expected {value!r}, found {document[key][:40]!r}"
            for key, value in expected.items()
            if document[key] != value
        ]
    if found:
        raise BankFileError([f"{path.name}: {complaint}" for complaint in found])
    rows: list[Any] = document[name]
    return rows


def _fact_complaints(row: Any) -> list[str]:
    found = shapes.complaints(row, FACT_SHAPE)
    if found:
        return found
    columns = [name for name in FACT_SHAPE if name not in {"objectives", "checked_on"}]
    fact = SourceFact(**{name: row[name] for name in columns})
    found = content.column_complaints(fact, columns)
    if row["verdict"] != SourceFact.Verdict.ACCURATE and not row["correction_en"]:
        found.append("correction_en: a fact that is not accurate needs its correction")
    if not all(type(line) is int and line > 0 for line in row["notes_lines"]):
        found.append("notes_lines: a list of line numbers from 1 is expected")
    found += shapes.text_list("objectives", row["objectives"])
    return found + shapes.iso_date("checked_on", row["checked_on"])


def _question_complaints(row: Any) -> list[str]:
    found = content.complaints(row)
    if found:
        return found
    return [f"{flaw.field or flaw.rule}: {flaw.message}" for flaw in content.errors(row)]


def _repeats(chapters: Mapping[str, list[Row]], kind: str) -> list[str]:
    codes = Counter(row["code"] for rows in chapters.values() for row in rows)
    return [f"{kind} {code}: stands {count} times" for code, count in codes.items() if count > 1]


# --- writing --------------------------------------------------------------------------


def write(folder: Path, files: SubjectFiles) -> None:
    """Write the files that ``read`` reads; a chapter without rows gets no file."""
    write_json(folder / "subject.json", files.subject)
    for chapter in files.subject["chapters"]:
        stem, slug = f"{chapter['number']:02d}-{chapter['slug']}.json", chapter["slug"]
        for name, chapters, form in (
            ("facts", files.facts, FACTS_FORMAT),
            ("questions", files.questions, QUESTIONS_FORMAT),
        ):
            if rows := chapters.get(slug):
                document = {"format": form, "subject": files.subject["code"], "chapter": slug}
                write_json(folder / name / stem, document | {name: rows})


def write_json(path: Path, document: Row) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines(document)) + "\n", encoding="utf-8")


def lines(value: Any, indent: str = "") -> Iterator[str]:
    """JSON with one field a line; a list of plain values stays on its field's line."""
    parts = value if isinstance(value, list | dict) else []
    nested = isinstance(value, dict) or any(isinstance(part, dict | list) for part in parts)
    if not parts or not nested:
        yield json.dumps(value, ensure_ascii=False)
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    yield opening
    for position, part in enumerate(parts):
        yield f"{',' if position else ''}\n{indent}  "
        if isinstance(value, dict):
            yield f"{json.dumps(part, ensure_ascii=False)}: "
            part = value[part]
        yield from lines(part, indent + "  ")
    yield f"\n{indent}{closing}"

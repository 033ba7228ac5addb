"""Blueprints as text: ``blueprints.json`` beside a subject's other files.

An entry with ``"per_chapter": true`` stands for one blueprint per chapter: ``{slug}``,
``{title}`` and ``{number}`` in its code and titles are the chapter's, and its one section
takes all items from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction

from exams.domain import assembly
from exams.models import BlueprintSection, ExamBlueprint
from questions import content, shapes
from questions.bank_files import BankFileError, read_json, write_json
from questions.loading import CHANGED, CREATED, UNCHANGED, Report
from questions.models import Chapter, Domain, Objective, Subject, Tag

Row = dict[str, Any]

FORMAT = "cutscore-blueprints/1"
FILE = "blueprints.json"
SHAPE: shapes.Shape = {
    "code": str, "kind": str, "title_en": str, "title_ko": str, "item_count": int,
    "unscored_count": int, "minutes": int, "esl_minutes": int, "scale_min": int, "scale_max": int,
    "cut_score": int, "cut_fraction": str, "samples_only": bool, "open_to_guests": bool,
    "tutor_allowed": bool, "position": int, "sections": list,
}  # fmt: skip
COLUMNS = tuple(name for name in SHAPE if name != "sections")
SECTION_SHAPE: shapes.Shape = {
    "domain": int, "chapter": str, "objective": str, "tag": str, "count": int, "weight": int,
}  # fmt: skip
SECTION_OPTIONAL = frozenset(SECTION_SHAPE)


# --- reading --------------------------------------------------------------------------


def read(path: Path, chapters: Sequence[Row]) -> list[Row]:
    """Blueprint rows with the per-chapter entries spelt out. Raises BankFileError."""
    document = read_json(path)
    found = shapes.complaints(document, {"format": str, "subject": str, "blueprints": list})
    if not found and document["format"] != FORMAT:
        found = [f"format: expected {FORMAT!r}, found {document['format'][:40]!r}"]
    rows: list[Row] = []
    if not found:
        for position, entry in enumerate(document["blueprints"], 1):
            spelt_out, complaints = _entry(entry, chapters)
            rows += spelt_out
            label = entry.get("code") if isinstance(entry, dict) else None
            found += [f"{label or f'blueprints[{position}]'}: {c}" for c in complaints]
        codes = Counter(row["code"] for row in rows)
        found += [f"{code}: stands {count} times" for code, count in codes.items() if count > 1]
    if found:
        raise BankFileError([f"{path.name}: {complaint}" for complaint in found])
    return rows


def _entry(entry: Any, chapters: Sequence[Row]) -> tuple[list[Row], list[str]]:
    per_chapter = isinstance(entry, dict) and entry.get("per_chapter") is True
    if not per_chapter:
        found = shapes.complaints(entry, SHAPE)
        rows = [] if found else [entry]
    else:
        shape = {name: SHAPE[name] for name in COLUMNS} | {"per_chapter": bool}
        found = shapes.complaints(entry, shape)
        rows = [] if found else [_for_chapter(entry, chapter) for chapter in chapters]
    for row in rows:
        found += [complaint for complaint in _bad_values(row) if complaint not in found]
    return (rows, []) if not found else ([], found)


def _for_chapter(entry: Row, chapter: Row) -> Row:
    row = {name: entry[name] for name in COLUMNS}
    row["code"] = row["code"].replace("{slug}", chapter["slug"])
    for language in ("en", "ko"):
        title = row[f"title_{language}"].replace("{number}", str(chapter["number"]))
        row[f"title_{language}"] = title.replace("{title}", chapter[f"title_{language}"])
    return row | {"sections": [{"chapter": chapter["slug"], "count": entry["item_count"]}]}


def _bad_values(row: Row) -> list[str]:
    found = []
    for position, section in enumerate(row["sections"], 1):
        complaints = shapes.complaints(section, SECTION_SHAPE, SECTION_OPTIONAL)
        if not complaints and ("count" in section) == ("weight" in section):
            complaints = ["give either a count of items or a weight"]
        found += [f"sections[{position}] {complaint}" for complaint in complaints]
    try:
        Decimal(row["cut_fraction"])
    except InvalidOperation:
        found.append(f"cut_fraction: not a number like 0.720: {row['cut_fraction'][:20]!r}")
    if found:
        return found
    columns = {name: row[name] for name in COLUMNS}
    found += content.column_complaints(ExamBlueprint(**columns), columns)
    if not 0 <= row["unscored_count"] < row["item_count"]:
        found.append("unscored_count: at least one item has to be scored")
    if not row["scale_min"] < row["cut_score"] < row["scale_max"]:
        found.append("cut_score: has to lie inside the scale")
    return found + quota_complaints(row["sections"], row["item_count"])


def quota_complaints(sections: Iterable[Row], item_count: int) -> list[str]:
    """What keeps the sections from adding up to ``item_count`` items."""
    specs = [assembly.SectionSpec(s.get("count"), s.get("weight")) for s in sections]
    try:
        assembly.quotas(specs, item_count)
    except assembly.BlueprintError as error:
        return [f"sections: {error}"]
    return []


# --- loading --------------------------------------------------------------------------


def load(subject: Subject, rows: Sequence[Row], now: datetime, report: Report) -> None:
    """Open each blueprint; one that changed becomes the next edition. Raises BankFileError."""
    names = _names(subject)
    current = _current(subject)
    with transaction.atomic():
        for row in rows:
            sections = [_section(row, section, names) for section in row["sections"]]
            old = current.get(row["code"])
            if old and _row(old) == row:
                report.count("blueprints", UNCHANGED)
                continue
            if old:
                old.closed_at = now
                old.save()
            _open(subject, row, sections, now)
            report.count("blueprints", CHANGED if old else CREATED)


def _current(subject: Subject) -> dict[str, ExamBlueprint]:
    blueprints = ExamBlueprint.objects.filter(subject=subject).open()
    names = ("domain", "chapter", "objective", "tag")
    fetched = blueprints.prefetch_related(*(f"sections__{name}" for name in names))
    return {blueprint.code: blueprint for blueprint in fetched}


def _names(subject: Subject) -> dict[str, dict[Any, Any]]:
    return {
        "domain": {domain.number: domain for domain in Domain.objects.filter(subject=subject)},
        "chapter": {chapter.slug: chapter for chapter in Chapter.objects.filter(subject=subject)},
        "objective": {o.code: o for o in Objective.objects.filter(domain__subject=subject)},
        "tag": {tag.slug: tag for tag in Tag.objects.filter(subject=subject)},
    }


def _section(row: Row, section: Row, names: dict[str, dict[Any, Any]]) -> dict[str, Any]:
    values = {}
    for name, value in section.items():
        if name in names and value not in names[name]:
            raise BankFileError([f"{FILE}: {row['code']}: sections: no {name} {value!r}"])
        values[name] = names[name][value] if name in names else value
    return values


def _open(subject: Subject, row: Row, sections: Sequence[Row], now: datetime) -> None:
    editions = ExamBlueprint.objects.filter(subject=subject, code=row["code"])
    last = editions.order_by("edition").values_list("edition", flat=True).last() or 0
    columns = {name: row[name] for name in COLUMNS}
    blueprint = ExamBlueprint.objects.create(subject=subject, edition=last + 1, **columns)
    BlueprintSection.objects.bulk_create(
        BlueprintSection(blueprint=blueprint, position=position, **section)
        for position, section in enumerate(sections, 1)
    )
    blueprint.opened_at = now
    blueprint.save()


# --- back to text ---------------------------------------------------------------------


def write(folder: Path, subject: Subject) -> None:
    """Write ``blueprints.json``: the open editions, equal ones of all chapters as one entry."""
    blueprints = ExamBlueprint.objects.filter(subject=subject).open()
    rows = [_row(blueprint) for blueprint in blueprints.order_by("position", "pk")]
    entries = _fold(rows, list(subject.chapters.order_by("number")))
    document = {"format": FORMAT, "subject": subject.code, "blueprints": entries}
    write_json(folder / FILE, document)


def _row(blueprint: ExamBlueprint) -> Row:
    row = {name: getattr(blueprint, name) for name in COLUMNS}
    row["cut_fraction"] = f"{Decimal(blueprint.cut_fraction):.3f}"
    return row | {"sections": [_section_row(section) for section in blueprint.sections.all()]}


def _section_row(section: BlueprintSection) -> Row:
    values = {
        "domain": section.domain and section.domain.number,
        "chapter": section.chapter and section.chapter.slug,
        "objective": section.objective and section.objective.code,
        "tag": section.tag and section.tag.slug,
        "count": section.count,
        "weight": None if section.weight is None else int(section.weight),
    }
    return {name: value for name, value in values.items() if value is not None}


def _fold(rows: Sequence[Row], chapters: Sequence[Chapter]) -> list[Row]:
    """Put one per-chapter entry in the place of the blueprints that it spells out to."""
    described = [
        {"slug": c.slug, "number": c.number, "title_en": c.title_en, "title_ko": c.title_ko}
        for c in chapters
    ]
    left = list(rows)
    entries: list[Row] = []
    while left:
        entry = _template(left[0], described)
        spelt_out = [_for_chapter(entry, c) for c in described] if entry else []
        if entry and all(row in left for row in spelt_out):
            entries.append(entry)
            left = [row for row in left if row not in spelt_out]
        else:
            entries.append(left.pop(0))
    return entries


def _template(row: Row, chapters: Sequence[Row]) -> Row | None:
    """The per-chapter entry that ``row`` may have come from."""
    section = row["sections"][0] if len(row["sections"]) == 1 else {}
    chapter = next((c for c in chapters if c["slug"] == section.get("chapter")), None)
    if chapter is None:
        return None
    entry: Row = {"per_chapter": True} | {name: row[name] for name in COLUMNS}
    entry["code"] = entry["code"].replace(chapter["slug"], "{slug}")
    for language in ("en", "ko"):
        title = entry[f"title_{language}"].replace(chapter[f"title_{language}"], "{title}")
        entry[f"title_{language}"] = title.replace(str(chapter["number"]), "{number}", 1)
    return entry

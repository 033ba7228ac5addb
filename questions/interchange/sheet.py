"""Questions as rows of a sheet, both languages side by side: reading, planning, writing.

A row holds the newest content of a question: its draft, else its published revision. An import
makes drafts and never publishes. A column that the sheet does not have stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from questions import bulk, content, item_writing, shapes
from questions.content import Record
from questions.interchange.gate import MAX_CELL, Row, Sheet, SheetError
from questions.models import Chapter, Question, QuestionRevision, Subject

MAX_CHOICES = 6
CHOICE_FIELDS = tuple(content.CHOICE_SHAPE)
LISTS = ("objectives", "tags", "deciding_facts", "supporting_facts")
COLUMNS = (
    "code", "chapter", "objective", "objectives", "difficulty", "exclusion_group", "sample",
    "tags", "stem_en", "stem_ko", "deciding_phrase_en", "deciding_phrase_ko",
    *(f"choice{n}_{name}" for n in range(1, MAX_CHOICES + 1) for name in CHOICE_FIELDS),
    "explanation_en", "explanation_ko", "deciding_facts", "supporting_facts", "references",
)  # fmt: skip
YES = {"x", "1", "true", "yes", "y", "o", "예"}
NO = {"", "0", "false", "no", "n", "아니요"}

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class CellError:
    """``row`` as a spreadsheet counts it; ``column`` is a name of the header."""

    row: int
    column: str
    message: str


@dataclass(slots=True)
class PlannedRow:
    """What importing a row would do: ``"new"``, ``"update"`` or ``"skip"``."""

    row: Row
    record: Record
    chapter: Chapter
    outcome: str = "new"
    question: Question | None = None
    draft: QuestionRevision | None = None
    number: int = 1
    content_changes: bool = True
    changed: list[str] = field(default_factory=list)
    to_fix: list[item_writing.Flaw] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    rows: list[PlannedRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored question with its newest content."""

    question: Question
    revision: QuestionRevision
    record: Record

    @property
    def cells(self) -> Cells:
        return cells_of(self.record, self.question.chapter.slug)


# --- out ------------------------------------------------------------------------------


def newest(questions: QuerySet[Question]) -> QuerySet[QuestionRevision]:
    """The draft of each question, else its published revision, with content, by code."""
    drafts = QuestionRevision.objects.filter(published_at__isnull=True)
    published = Q(pk__in=questions.values("current_revision")) & ~Q(
        Exists(drafts.filter(question=OuterRef("question")))
    )
    revisions = QuestionRevision.objects.filter(question__in=questions)
    revisions = revisions.filter(Q(published_at__isnull=True) | published)
    return content.with_content(revisions.order_by("question__code"))


def export(questions: QuerySet[Question]) -> Sheet:
    """One row for each question that has content."""
    rows = []
    for number, revision in enumerate(newest(questions), 2):
        cells = cells_of(content.record(revision), revision.question.chapter.slug)
        rows.append(Row(number, [cells[name] for name in COLUMNS]))
    return Sheet(COLUMNS, rows)


def cells_of(record: Record, chapter: str) -> Cells:
    """The record as text by column; a choice that is not there has empty cells."""
    cells = dict.fromkeys(COLUMNS, "") | {"chapter": chapter}
    cells |= {name: value for name, value in record.items() if isinstance(value, str)}
    cells |= {name: " | ".join(record[name]) for name in LISTS}
    cells["sample"] = "x" if record["sample"] else ""
    cells["references"] = " | ".join(f"{r['url']} {r['checked_on']}" for r in record["references"])
    for n, choice in enumerate(record["choices"], 1):
        for name, value in choice.items():
            cells[f"choice{n}_{name}"] = ("x" if value else "") if name == "key" else value
    return {name: cells[name] for name in COLUMNS}


# --- in: from cells to records --------------------------------------------------------


def plan(subject: Subject, sheet: Sheet) -> Plan:
    """What importing the sheet would do, and every error in it. Raises SheetError.

    Nothing is written. The errors of all rows are found at once.
    """
    _check_header(sheet.header)
    places = bulk.Places.of(subject)
    codes = [_value(sheet, row, "code") for row in sheet.rows]
    known = _known(codes)
    result = Plan()
    repeated = {code for code, count in Counter(codes).items() if count > 1}
    for row, code in zip(sheet.rows, codes, strict=True):
        given = {name: cell.strip() for name, cell in zip(sheet.header, row.cells, strict=True)}
        errors = _cell_errors(row, given)
        if code in repeated:
            errors.append(CellError(row.number, "code", _("stands in more than one row")))
        planned = _planned(row, given, known.get(code), places, errors)
        result.errors += errors
        if planned and not errors:
            result.rows.append(planned)
    return result


def _check_header(header: Sequence[str]) -> None:
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        raise SheetError(_("The column %s stands twice in the first row.") % repeated[0])
    if unknown := [name or _("(no name)") for name in header if name not in COLUMNS]:
        raise SheetError(
            _("Unknown columns in the first row: %(unknown)s. The columns are: %(columns)s.")
            % {"unknown": ", ".join(unknown[:10]), "columns": ", ".join(COLUMNS)}
        )
    if missing := [name for name in ("code", "chapter", "objective") if name not in header]:
        raise SheetError(_("The first row lacks the column %s.") % ", ".join(missing))


def _value(sheet: Sheet, row: Row, name: str) -> str:
    return row.cells[sheet.header.index(name)].strip()


def _known(codes: Iterable[str]) -> dict[str, _Known]:
    revisions = newest(Question.objects.filter(code__in=set(codes)))
    found = {}
    for revision in revisions:
        question = revision.question
        found[question.code] = _Known(question, revision, content.record(revision))
    return found


def _cell_errors(row: Row, given: Mapping[str, str]) -> list[CellError]:
    found = []
    for name, text in given.items():
        if len(text) > MAX_CELL:
            message = _("longer than %(n)d characters") % {"n": MAX_CELL}
            found.append(CellError(row.number, name, message))
        if character := shapes.unfit_character(text):
            message = _("holds the character %s, which cannot be kept") % character
            found.append(CellError(row.number, name, message))
    return found


def _planned(
    row: Row, given: Cells, known: _Known | None, places: bulk.Places, errors: list[CellError]
) -> PlannedRow | None:
    """The row's plan; what is wrong with it is added to ``errors``."""
    before = known.cells if known else dict.fromkeys(COLUMNS, "") | {"difficulty": "medium"}
    cells = before | given
    record, complaints = record_of(cells)
    complaints += places.unknown(record)
    chapter = places.chapters.get(cells["chapter"])
    if chapter is None:
        complaints.append("chapter: " + _("no chapter %r") % cells["chapter"][:60])
    if known and known.question.chapter.subject_id != places.subject.pk:
        complaints.append("code: " + _("belongs to another subject"))
    if not (record["stem_en"] or record["stem_ko"]):
        complaints.append("stem_en: " + _("give the stem in one language at least"))
    errors += [CellError(row.number, *_column(complaint)) for complaint in complaints]
    if chapter is None or complaints:
        return None
    planned = PlannedRow(row, record, chapter)
    planned.to_fix = content.errors(record)
    if known:
        _compare(planned, known, before)
    return planned


def _compare(planned: PlannedRow, known: _Known, before: Cells) -> None:
    after = cells_of(planned.record, planned.chapter.slug)
    planned.changed = [name for name in COLUMNS if before[name] != after[name]]
    planned.outcome = "update" if planned.changed else "skip"
    same = content.fingerprint(planned.record) == content.fingerprint(known.record)
    planned.content_changes = not same
    planned.question = known.question
    planned.draft = None if known.revision.is_frozen else known.revision


def record_of(cells: Cells) -> tuple[Record, list[str]]:
    """The cells as a canonical record, with complaints in the form ``column: message``."""
    complaints: list[str] = []
    record: dict[str, Any] = {
        name: cells[name] for name, kind in content.SHAPE.items() if kind is str
    }
    record |= {name: _listed(cells[name]) for name in LISTS}
    record["sample"] = _truth("sample", cells["sample"], complaints)
    record["choices"] = _choices(cells, complaints)
    record["references"] = _references(cells["references"], complaints)
    if not complaints:
        complaints += content.complaints(record)
    return content.canonical(record), complaints


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|,;\n]", text) if part.strip()]


def _truth(name: str, text: str, complaints: list[str]) -> bool:
    if text.lower() not in YES | NO:
        complaints.append(
            f"{name}: " + _("write x for yes, leave it empty for no") + f": {text[:20]!r}"
        )
    return text.lower() in YES


def _choices(cells: Cells, complaints: list[str]) -> list[Record]:
    choices = []
    for n in range(1, MAX_CHOICES + 1):
        texts = {name: cells[f"choice{n}_{name}"] for name in CHOICE_FIELDS if name != "key"}
        name = f"choice{n}_key"
        key = _truth(name, cells[name], complaints)
        if any(texts.values()):
            choices.append({"key": key} | texts)
        elif key:
            complaints.append(f"{name}: " + _("a key without a text"))
    return choices


def _references(text: str, complaints: list[str]) -> list[Record]:
    references = []
    for part in (part.strip() for part in re.split(r"[|\n]", text)):
        if not part:
            continue
        url, __, checked_on = part.rpartition(" ")
        if not url:
            complaints.append("references: " + _("write “address date”") + f": {part[:60]!r}")
        references.append({"url": url.strip(), "checked_on": checked_on})
    return references


def _column(complaint: str) -> tuple[str, str]:
    """``choices[2] text_en: …`` belongs to the column ``choice2_text_en``."""
    name, __, message = complaint.partition(": ")
    if match := re.fullmatch(r"choices\[(\d+)\] (\w+)", name):
        return f"choice{match[1]}_{match[2]}", message
    if match := re.fullmatch(r"(\w+)\[\d+\](.*)", name):
        return match[1], f"{match[2].strip()} {message}".strip()
    return name, message


# --- in: from the plan to the database ------------------------------------------------


def apply(result: Plan, subject: Subject) -> list[Question]:
    """Write the planned drafts, all or nothing; gives the questions of all rows.

    Raises SheetError for a plan that has errors.
    """
    if result.errors:
        raise SheetError(_("The sheet has errors: nothing was imported."))
    with transaction.atomic():
        places = bulk.Places.of(subject)
        _write_identity(result.rows, places)
        _write_content([row for row in result.rows if row.content_changes], places)
    return [row.question for row in result.rows if row.question is not None]


def _write_identity(rows: Sequence[PlannedRow], places: bulk.Places) -> None:
    new, changed = [], []
    for row in rows:
        if row.question is None:
            row.question = bulk.build_question(row.record, row.chapter, places)
            new.append(row.question)
        elif bulk.apply_identity(row.question, row.record, row.chapter, places):
            changed.append(row.question)
    bulk.insert_questions(new)
    bulk.save_identity(changed)
    bulk.link_all([bulk.Entry(row.question, row.record) for row in rows if row.question], places)


def _write_content(rows: Sequence[PlannedRow], places: bulk.Places) -> None:
    drafts = [row for row in rows if row.draft]
    bulk.replace_drafts(
        [row.draft for row in drafts if row.draft], [row.record for row in drafts], places
    )
    fresh = [row for row in rows if not row.draft]
    numbers = bulk.next_numbers(row.question for row in fresh if row.question)
    entries = [
        bulk.Entry(row.question, row.record, numbers.get(row.question.pk, 1))
        for row in fresh
        if row.question
    ]
    bulk.insert_revisions(entries, places)

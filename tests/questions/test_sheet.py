"""Sheets in and out: the gate before the bytes, the plan, the write, the way back."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import content, publishing
from questions.interchange import gate, sheet
from questions.interchange.gate import Row, Sheet, SheetError
from questions.models import Question, QuestionRevision, Subject
from tests import factories
from tests.factories import record, two_keys

pytestmark = pytest.mark.database


def sheet_of(*records: dict[str, Any], chapter: str = "chapter-1", **cells: str) -> Sheet:
    rows = []
    for number, made in enumerate(records, 2):
        row = sheet.cells_of(content.canonical(made), chapter) | cells
        rows.append(Row(number, [row[name] for name in sheet.COLUMNS]))
    return Sheet(sheet.COLUMNS, rows)


def csv_bytes(*rows: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def xlsx_bytes(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def errors(made: sheet.Plan) -> set[tuple[int, str]]:
    return {(error.row, error.column) for error in made.errors}


def run(subject: Subject, made: Sheet) -> sheet.Plan:
    planned = sheet.plan(subject, made)
    sheet.apply(planned, subject)
    return planned


# --- the gate -------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_in_each_unicode_encoding(encoding: str) -> None:
    made = gate.read("code,stem_ko\r\nq-1,데이터\r\n".encode(encoding))
    assert (list(made.header), list(made.rows[0].cells)) == (["code", "stem_ko"], ["q-1", "데이터"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_usual_delimiters_are_told_apart(delimiter: str) -> None:
    text = f"code{delimiter}stem_en\nq-1{delimiter}Text\n"
    assert gate.read(text.encode()).rows[0].cells == ["q-1", "Text"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("code,stem_ko\nq-1,데이터\n".encode("cp949"), "not UTF-8: byte 0x"),
        (b'code,stem_en\nq-1,"open\nq-2,text\n', "starts in line 2"),
        (b'code,stem_en\nq-1,"a"b\n', "starts in line 2"),
        (b"code,stem_en\nq-1,a,b\n", "Row 2 has 3 cells"),
        (b"code,stem_en,tags\nq-1,a\n", "Line 2 has 2 cells"),
        (b"", "has to name the columns"),
        (b"code,stem_en\n" + b"q," + b"x" * 200_000 + b"\n", "no valid CSV"),
        (b"code\n" + b"q\n" * 6000, "More than 5000 rows"),
        (b"x" * (gate.MAX_BYTES + 1), "larger than 10 MB"),
        (b"PK\x03\x04 and no more", "damaged"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_a_reason(data: bytes, message: str) -> None:
    with pytest.raises(SheetError) as caught:
        gate.read(data)
    assert message in str(caught.value)


def test_a_workbook_is_read_as_text() -> None:
    made = gate.read(xlsx_bytes(["Code", "objective", "tags"], ["q-1", 1.1, 4], [None, None, None]))
    assert list(made.header) == ["code", "objective", "tags"]
    assert [list(row.cells) for row in made.rows] == [["q-1", "1.1", "4"]]


def test_a_formula_is_refused_and_its_cell_named() -> None:
    with pytest.raises(SheetError, match="B2 holds a formula"):
        gate.read(xlsx_bytes(["code", "stem_en"], ["q-1", "=1+1"]))


def test_a_workbook_with_two_sheets_is_refused() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("second")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SheetError, match="one sheet"):
        gate.read(out.getvalue())


def repacked(name: str, text: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes(["code"], ["q-1"]))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            target.writestr(part.filename, text if part.filename == name else source.read(part))
    return out.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread() -> None:
    with pytest.raises(SheetError, match="unpacks to"):
        gate.read(repacked("xl/worksheets/sheet1.xml", b" " * (gate.MAX_UNPACKED + 1)))


def test_a_workbook_with_a_doctype_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    with pytest.raises(SheetError, match="DOCTYPE"):
        gate.read(repacked("xl/worksheets/sheet1.xml", bomb))


def test_a_damaged_workbook_is_refused() -> None:
    with pytest.raises(SheetError, match="cannot be read"):
        gate.read(repacked("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_the_formula_guard_is_taken_off_again(text: str) -> None:
    assert gate.unguarded(gate.guarded(text)) == text
    assert not gate.guarded(text).startswith(gate.FORMULA_STARTS)


# --- out ------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [gate.write_csv, gate.write_xlsx])
def test_a_formula_leaves_as_text_and_comes_back(subject: Subject, write: Any) -> None:
    dangerous = record(1, explanation_en="=HYPERLINK(1)", explanation_ko="＝합계", stem_en="'x'")
    factories.drafts(subject, [dangerous])
    data = write(sheet.export(Question.objects.all()))
    cells = dict(zip(sheet.COLUMNS, gate.read(data).rows[0].cells, strict=True))
    assert cells["explanation_en"] == "=HYPERLINK(1)"
    assert cells["explanation_ko"] == "＝합계"
    assert cells["stem_en"] == "'x'"


def test_csv_shows_an_apostrophe_before_a_formula() -> None:
    written = gate.write_csv(Sheet(["code"], [Row(2, ["=1+1"]), Row(3, ["@x"]), Row(4, ["-3"])]))
    assert written.decode("utf-8-sig").splitlines() == ["code", "'=1+1", "'@x", "'-3"]


def test_every_cell_of_a_workbook_is_text() -> None:
    data = gate.write_xlsx(Sheet(["code"], [Row(2, ["=1+1"])]))
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_cell_too_long_for_a_workbook_is_named() -> None:
    with pytest.raises(SheetError, match="code: a cell is too long"):
        gate.write_xlsx(Sheet(["code"], [Row(2, ["x" * 40_000])]))


@pytest.mark.parametrize("write", [gate.write_csv, gate.write_xlsx])
def test_what_was_exported_comes_back_unchanged(subject: Subject, write: Any) -> None:
    factories.publish(subject, [record(1, tags=["a", "b"], objectives=["1.2"]), two_keys(6)])
    exported = write(sheet.export(Question.objects.all()))
    planned = sheet.plan(subject, gate.read(exported))
    assert planned.errors == []
    assert planned.counts == {"skip": 2}


def test_export_import_export_gives_the_same_bytes(subject: Subject) -> None:
    factories.publish(subject, [record(1), two_keys(6, supporting_facts=["F008"])])
    first = gate.write_csv(sheet.export(Question.objects.all()))
    renamed = gate.read(first.replace(b"q-0000", b"r-0000"))
    run(subject, renamed)
    second = gate.write_csv(sheet.export(Question.objects.filter(code__startswith="r-")))
    assert second.replace(b"r-0000", b"q-0000") == first


def test_the_draft_is_exported_where_there_is_one(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    draft = publishing.open_next_revision(question)
    draft.explanation_en = "Being rewritten."
    draft.save()
    exported = sheet.export(Question.objects.all())
    assert len(exported) == 1
    assert "Being rewritten." in exported.rows[0].cells


# --- in -------------------------------------------------------------------------------


def test_new_rows_become_drafts_and_are_never_published(subject: Subject) -> None:
    planned = run(subject, sheet_of(record(1, tags=["new-tag"]), two_keys(6)))
    assert planned.counts == {"new": 2}
    assert not Question.objects.published().exists()
    question = Question.objects.get(code="q-00006")
    assert question.draft is not None
    assert question.draft.choices.filter(is_key=True).count() == 2
    assert Question.objects.get(code="q-00001").tags.get().slug == "new-tag"


def test_a_changed_row_opens_the_next_revision(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    planned = run(subject, sheet_of(record(1, explanation_en="Keep data elsewhere.")))
    assert (planned.counts, planned.rows[0].changed) == ({"update": 1}, ["explanation_en"])
    question.refresh_from_db()
    assert question.current_revision.number == 1
    assert question.draft is not None
    assert (question.draft.number, question.draft.explanation_en) == (2, "Keep data elsewhere.")
    assert question.draft.choices.count() == 4


def test_a_draft_is_replaced_whole(subject: Subject) -> None:
    factories.drafts(subject, [record(1)])
    run(subject, sheet_of(two_keys(1)))
    revision = QuestionRevision.objects.get()
    assert revision.choices.count() == 5
    assert "두 가지" in revision.stem_html_ko


def test_identity_alone_opens_no_revision(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    planned = run(subject, sheet_of(record(1, difficulty="hard"), chapter="chapter-2"))
    assert planned.rows[0].changed == ["chapter", "difficulty"]
    question.refresh_from_db()
    assert (question.difficulty, question.chapter.slug) == ("hard", "chapter-2")
    assert question.draft is None


def test_the_same_sheet_again_changes_nothing(subject: Subject) -> None:
    made = sheet_of(record(1), record(2))
    run(subject, made)
    assert run(subject, made).counts == {"skip": 2}
    assert QuestionRevision.objects.count() == 2


def test_a_column_that_is_not_there_stays_as_it_is(subject: Subject) -> None:
    factories.publish(subject, [record(1)])
    header = ["code", "chapter", "objective", "difficulty"]
    made = Sheet(header, [Row(2, ["q-00001", "chapter-1", record(1)["objective"], "easy"])])
    planned = sheet.plan(subject, made)
    assert planned.rows[0].changed == ["difficulty"]


def test_a_changed_key_is_marked(subject: Subject) -> None:
    factories.publish(subject, [record(1)])
    planned = sheet.plan(subject, sheet_of(record(1), choice1_key="", choice2_key="x"))
    assert planned.rows[0].changed == ["choice1_key", "choice2_key"]


def test_what_a_draft_still_lacks_is_listed_and_no_error(subject: Subject) -> None:
    planned = sheet.plan(subject, sheet_of(record(1, stem_ko="", references=[])))
    assert planned.errors == []
    assert {flaw.rule for flaw in planned.rows[0].to_fix} >= {
        "missing-language",
        "missing-reference",
    }


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"chapter": "chapter-9"}, "chapter"),
        ({"objective": "9.9"}, "objective"),
        ({"objectives": "1.1 | 9.9"}, "objectives"),
        ({"difficulty": "tough"}, "difficulty"),
        ({"sample": "maybe"}, "sample"),
        ({"deciding_facts": "F001 | F999"}, "deciding_facts"),
        ({"supporting_facts": "F002"}, "supporting_facts"),
        ({"tags": "two words"}, "tags"),
        ({"code": "no slug"}, "code"),
        ({"code": ""}, "code"),
        ({"exclusion_group": "a b"}, "exclusion_group"),
        ({"deciding_phrase_en": "x" * 301}, "deciding_phrase_en"),
        ({"choice2_key": "perhaps"}, "choice2_key"),
        ({"choice6_key": "x"}, "choice6_key"),
        ({"references": "https://example.com"}, "references"),
        ({"references": "https://example.com tomorrow"}, "references"),
        ({"references": "ftp 2026-01-01"}, "references"),
        ({"stem_en": "", "stem_ko": ""}, "stem_en"),
        ({"choice1_text_ko": "a\0b"}, "choice1_text_ko"),
        ({"stem_ko": "a\u202eb"}, "stem_ko"),
        ({"explanation_en": "x" * 40_000}, "explanation_en"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(
    subject: Subject, cells: dict[str, str], column: str
) -> None:
    planned = sheet.plan(subject, sheet_of(record(1), **cells))
    assert (2, column) in errors(planned)
    assert planned.rows == []


def test_one_bad_row_writes_nothing_and_every_error_is_listed(subject: Subject) -> None:
    made = sheet_of(record(1), record(2, objective="9.9"), record(3, deciding_facts=["F999"]))
    planned = sheet.plan(subject, made)
    assert errors(planned) == {(3, "objective"), (4, "deciding_facts")}
    with pytest.raises(SheetError):
        sheet.apply(planned, subject)
    assert not Question.objects.exists()


def test_a_code_in_two_rows_is_refused_in_both(subject: Subject) -> None:
    planned = sheet.plan(subject, sheet_of(record(1), record(1)))
    assert errors(planned) == {(2, "code"), (3, "code")}


def test_a_code_of_another_subject_is_refused(subject: Subject) -> None:
    factories.publish(subject, [record(1)])
    planned = sheet.plan(factories.subject("other"), sheet_of(record(1)))
    assert (2, "code") in errors(planned)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (["code", "chapter", "objective", "colour"], "Unknown columns in the first row: colour"),
        (["code", "chapter", "objective", "code"], "code stands twice"),
        (["code", "stem_en"], "lacks the column chapter, objective"),
    ],
)
def test_a_header_that_is_not_ours_is_refused(
    subject: Subject, header: list[str], message: str
) -> None:
    with pytest.raises(SheetError) as caught:
        sheet.plan(subject, Sheet(header, []))
    assert message in str(caught.value)


def test_planning_and_writing_take_a_fixed_number_of_statements(
    subject: Subject, django_assert_max_num_queries: Any
) -> None:
    made = sheet_of(*(record(n) for n in range(1, 101)))
    with django_assert_max_num_queries(8):
        planned = sheet.plan(subject, made)
    with django_assert_max_num_queries(30):
        sheet.apply(planned, subject)

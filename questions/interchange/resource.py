"""The sheet behind django-import-export's screens: its forms and confirmation, our row work.

Its own row work takes 3 to 27 ms a row, saves the good rows of a bad file and drops unknown
names in silence; ours plans the whole sheet first and writes it in a dozen statements.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources
from import_export.formats.base_formats import Format
from import_export.results import Error, Result, RowResult

from questions.interchange import gate, sheet
from questions.models import Question, Subject

OUTCOMES = {
    "new": RowResult.IMPORT_TYPE_NEW,
    "update": RowResult.IMPORT_TYPE_UPDATE,
    "skip": RowResult.IMPORT_TYPE_SKIP,
}


class SheetFormat(Format):
    """Reads any sheet: the bytes say which it is, not the name of the file."""

    def get_title(self) -> Any:
        return _("CSV (UTF-8) or XLSX, told apart by content")

    def create_dataset(self, in_stream: bytes) -> gate.Sheet:
        return gate.read(in_stream)

    def can_import(self) -> bool:
        return True

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding


class CsvFormat(Format):
    def get_title(self) -> str:
        return "CSV"

    def export_data(self, dataset: gate.Sheet, **kwargs: Any) -> bytes:
        return gate.write_csv(dataset)

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def can_export(self) -> bool:
        return True


class XlsxFormat(Format):
    def get_title(self) -> str:
        return "XLSX"

    def export_data(self, dataset: gate.Sheet, **kwargs: Any) -> bytes:
        return gate.write_xlsx(dataset)

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def can_export(self) -> bool:
        return True


class QuestionResource(resources.Resource):
    """Questions as rows. ``subject`` is where imported questions belong."""

    def __init__(self, subject: Subject | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.subject = subject
        self.fields = {name: fields.Field(column_name=name) for name in sheet.COLUMNS}

    @classmethod
    def get_display_name(cls) -> Any:
        return _("questions, one row each, both languages")

    def get_user_visible_fields(self) -> list[fields.Field]:
        """What the screens list as the columns of a sheet."""
        return list(self.fields.values())

    def export(self, queryset: Any = None, **kwargs: Any) -> gate.Sheet:
        return sheet.export(Question.objects.all() if queryset is None else queryset)

    def import_data(self, dataset: gate.Sheet, dry_run: bool = False, **kwargs: Any) -> Result:
        """Plan the sheet and, unless it is a dry run, write it: all rows or none."""
        result = Result()
        result.diff_headers = list(dataset.header)
        result.total_rows = len(dataset)
        if self.subject is None:
            raise ValueError("An import needs the subject its questions belong to.")
        try:
            planned = sheet.plan(self.subject, dataset)
            if not dry_run and not planned.errors:
                sheet.apply(planned, self.subject)
        except gate.SheetError as error:
            result.append_base_error(Error(error))
            return result
        _add_errors(result, planned, dataset)
        for row in planned.rows:
            result.append_row_result(_row_result(row))
            result.increment_row_result_total(result.rows[-1])
        return result


def _add_errors(result: Result, planned: sheet.Plan, dataset: gate.Sheet) -> None:
    """One invalid row for each row with errors, its messages by column."""
    messages: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for error in planned.errors:
        messages[error.row][error.column].append(error.message)
    cells = {row.number: row.cells for row in dataset.rows}
    for number, by_column in sorted(messages.items()):
        values = dict(zip(dataset.header, cells[number], strict=True))
        result.append_invalid_row(number, values, ValidationError(dict(by_column)))


def _row_result(row: sheet.PlannedRow) -> RowResult:
    outcome = RowResult()
    outcome.import_type = OUTCOMES[row.outcome]
    outcome.instance = row.question
    outcome.add_instance_info(row.question)
    outcome.number = row.row.number
    outcome.row_values = {
        "code": row.record["code"],
        "stem": re.sub(r"\s+", " ", row.record["stem_ko"] or row.record["stem_en"])[:120],
        "changed": row.changed,
        "key_changed": any(name.endswith("_key") for name in row.changed),
        "to_fix": row.to_fix,
    }
    return outcome

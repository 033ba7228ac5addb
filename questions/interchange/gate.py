"""From uploaded bytes to rows of text, and back. Nothing is guessed, executed or dropped.

CSV is read strictly; a workbook is measured before it is opened, since a small one can unpack
to gigabytes. What cannot be read is refused with a message that says what to do.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from questions import shapes

MAX_BYTES = 10 * 2**20
MAX_UNPACKED = 60 * 2**20
MAX_RATIO = 200  # unpacked to packed; text packs 5 to 30 times
MAX_PARTS = 200  # files in a workbook
MAX_ROWS = 5000
MAX_COLUMNS = 100
MAX_CELL = 32_767  # characters, Excel's own limit

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class SheetError(ValueError):
    """A file that cannot be read as a sheet; the message is for its author."""


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` is the row as a spreadsheet counts it: the header is row 1."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    header: Sequence[str]
    rows: Sequence[Row]

    def __len__(self) -> int:
        return len(self.rows)


def read(data: bytes) -> Sheet:
    """A CSV or XLSX file, told apart by its content. Raises SheetError."""
    if len(data) > MAX_BYTES:
        raise SheetError(_("The file is larger than %(n)d MB.") % {"n": MAX_BYTES // 2**20})
    rows = _workbook(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    return _sheet(rows)


def _sheet(rows: Iterable[Sequence[str]]) -> Sheet:
    """The header and the rows that hold anything, each as wide as the header."""
    numbered = enumerate(rows, 1)
    __, first = next(numbered, (1, ()))
    header = _trimmed([cell.strip().lower() for cell in first])
    if not header:
        raise SheetError(_("The first row has to name the columns; it is empty."))
    found = []
    for number, cells in numbered:
        cells = _trimmed(cells)
        if len(cells) > len(header):
            raise SheetError(
                _("Row %(row)d has %(cells)d cells, but the first row names %(columns)d columns.")
                % {"row": number, "cells": len(cells), "columns": len(header)}
            )
        if cells:
            found.append(Row(number, [*cells, *[""] * (len(header) - len(cells))]))
        if len(found) > MAX_ROWS:
            raise SheetError(_("More than %(n)d rows: split the file.") % {"n": MAX_ROWS})
    return Sheet(header, found)


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Without the empty cells at the end."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


# --- CSV ------------------------------------------------------------------------------


def _csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SheetError(_csv_message(line, error)) from error
        width = width or len(cells)
        if any(cells) and len(cells) < width:
            raise SheetError(
                _("Line %(line)d has %(cells)d cells, but the first row names %(columns)d columns.")
                % {"line": line, "cells": len(cells), "columns": width}
            )
        yield [_plain(unguarded(cell)) for cell in cells]


def _csv_message(line: int, error: csv.Error) -> str:
    return _(
        "The row that starts in line %(line)d is no valid CSV (%(reason)s): is a quotation"
        " mark left open or not doubled?"
    ) % {"line": line, "reason": error}


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SheetError(
            _(
                "The file is not UTF-8: byte 0x%(byte)02X in line %(line)d. Save it again as"
                " “CSV UTF-8” (Excel's plain CSV uses CP949 on Korean machines)."
            )
            % {"byte": data[error.start], "line": line}
        ) from error


def guarded(text: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    guard = text[:1] == "'" and text[1:].startswith((*FORMULA_STARTS, "'"))
    return text[1:] if guard else text


def write_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, which is how Excel knows UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(sheet.header)
    writer.writerows([guarded(cell) for cell in row.cells] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


# --- XLSX -----------------------------------------------------------------------------


def _workbook(data: bytes) -> Iterator[list[str]]:
    # Imported late: openpyxl takes a tenth of a second that no other page should pay.
    from openpyxl import load_workbook

    _measure(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        if len(book.worksheets) != 1:
            names = ", ".join(book.sheetnames)
            raise SheetError(_("The workbook has to have one sheet; it has: %s.") % names)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size need not be true
        for row in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1):
            if len(row) > MAX_COLUMNS and row[MAX_COLUMNS].value is not None:
                raise SheetError(_("More than %(n)d columns.") % {"n": MAX_COLUMNS})
            yield [_plain(_cell_text(cell)) for cell in row[:MAX_COLUMNS]]
    except SheetError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet
        raise SheetError(_("The workbook cannot be read (%s).") % type(error).__name__) from error


def _measure(data: bytes) -> None:
    """Refuse an archive that is too large when unpacked, or that declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if (
                len(parts) > MAX_PARTS
                or unpacked > MAX_UNPACKED
                or unpacked > MAX_RATIO * max(len(data), 2**16)
            ):
                raise SheetError(
                    _("The workbook unpacks to %(n)d MB, which is too much for a sheet.")
                    % {"n": unpacked // 2**20}
                )
            for part in parts:
                _refuse_doctype(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise SheetError(_("The workbook is damaged or protected by a password.")) from error


def _refuse_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if not part.filename.endswith((".xml", ".rels")):
        return
    with archive.open(part) as stream:
        # A DOCTYPE stands before the root element; in UTF-16 every other byte is NUL.
        head = stream.read(4096).replace(b"\0", b"")
    if b"<!DOCTYPE" in head:
        raise SheetError(_("The workbook declares a DOCTYPE and is refused."))


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if getattr(cell, "data_type", "") == "f":
        raise SheetError(_("The cell %s holds a formula: paste its value.") % cell.coordinate)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def write_xlsx(sheet: Sheet) -> bytes:
    """A workbook in which every cell is text. Raises SheetError for a cell Excel cannot hold."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    _refuse_unfit_cells(sheet)
    book = Workbook(write_only=True)
    page = book.create_sheet("questions")
    for cells in (sheet.header, *(row.cells for row in sheet.rows)):
        written = [WriteOnlyCell(page, text) for text in cells]
        for cell in written:
            cell.data_type = "s"  # a text like =1+1 stays a text
        page.append(written)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _refuse_unfit_cells(sheet: Sheet) -> None:
    for row in sheet.rows:
        for name, text in zip(sheet.header, row.cells, strict=True):
            if len(text) > MAX_CELL:
                raise SheetError(_("%s: a cell is too long for a workbook: use CSV.") % name)
            if character := shapes.unfit_character(text):
                raise SheetError(
                    _("%(name)s: a cell holds the character %(character)s.")
                    % {"name": name, "character": character}
                )

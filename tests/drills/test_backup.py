"""A backup is checked before it counts, and what happened to it since is found."""

from __future__ import annotations

import json
import sqlite3
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from questions.models import Subject

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def copy(subject: Subject, tmp_path: Path) -> Path:
    path = tmp_path / "copy"
    call_command("backup", path, stdout=StringIO())
    return path


def said(path: Path) -> str:
    out = StringIO()
    call_command("restore_check", path, stdout=out)
    return out.getvalue()


def manifest_of(copy: Path) -> Path:
    return copy.with_name(copy.name + ".manifest.json")


def test_a_copy_holds_every_table_and_row(copy: Path) -> None:
    rows: dict[str, int] = json.loads(manifest_of(copy).read_text())["rows"]
    assert rows["questions_subject"] == 1
    assert rows["questions_domain"] == 4
    assert set(connection.introspection.table_names()) <= set(rows)
    assert f"{sum(rows.values())} rows in {len(rows)} tables" in said(copy)


def test_only_its_owner_may_read_it(copy: Path) -> None:
    assert copy.stat().st_mode & 0o077 == 0


def test_in_a_folder_it_is_named_by_its_time(subject: Subject, tmp_path: Path) -> None:
    call_command("backup", tmp_path, stdout=StringIO())
    [path] = [path for path in tmp_path.iterdir() if path.suffix != ".json"]
    assert path.name.startswith("cutscore-20")
    assert "whole" in said(path)


def test_it_overwrites_nothing(copy: Path) -> None:
    before = copy.read_bytes()
    with pytest.raises(CommandError, match="overwrites nothing"):
        call_command("backup", copy)
    assert copy.read_bytes() == before


def test_a_folder_that_is_not_there_leaves_no_half_a_copy(subject: Subject, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no backup"):
        call_command("backup", tmp_path / "away" / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_changed_byte_is_found(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(CommandError, match="checksum"):
        said(copy)


def test_a_copy_cut_short_is_found(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-100])
    with pytest.raises(CommandError, match="checksum"):
        said(copy)


def test_a_row_that_is_missing_is_named(copy: Path) -> None:
    beside = manifest_of(copy)
    manifest: dict[str, Any] = json.loads(beside.read_text())
    manifest["rows"]["questions_domain"] += 1
    beside.write_text(json.dumps(manifest))
    with pytest.raises(CommandError, match="questions_domain 5 -> 4"):
        said(copy)


@pytest.mark.parametrize("text", ["", "[]", '{"format": "another/1"}'])
def test_a_manifest_that_is_none_is_refused(copy: Path, text: str) -> None:
    manifest_of(copy).write_text(text)
    with pytest.raises(CommandError, match="manifest"):
        said(copy)


def test_a_copy_without_manifest_is_not_called_whole(copy: Path) -> None:
    manifest_of(copy).unlink()
    with pytest.raises(CommandError):
        said(copy)


def test_a_sqlite_copy_stands_alone(copy: Path) -> None:
    """It needs no log beside it, and opens as a database."""
    if connection.vendor != "sqlite":
        pytest.skip("a dump is not a database yet")
    opened = sqlite3.connect(copy)
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    opened.close()
    assert not copy.with_name("copy-wal").exists()

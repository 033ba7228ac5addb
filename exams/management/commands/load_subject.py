"""``manage.py load_subject [PATH]``: a subject's text files into the database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exams import blueprint_files
from questions import bank_files, loading, notes, notes_import
from questions.models import Subject

NOTES = "notes.md"
SHOWN = 50  # complaints printed at most


class Command(BaseCommand):
    help = "Load a subject with its facts, questions and blueprints. Loading again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=settings.SHIPPED_SUBJECT,
            help="folder with subject.json (default: the shipped subject)",
        )  # fmt: skip

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        now = timezone.now()
        try:
            files = bank_files.read(path)
            rows = blueprint_files.read(path / blueprint_files.FILE, files.subject["chapters"])
            chapters = _notes(path / NOTES)
            report = loading.load(files, now)
            subject = Subject.objects.get(code=files.subject["code"])
            blueprint_files.load(subject, rows, now, report)
            if chapters is not None:
                outcome = loading.CHANGED if notes_import.store(subject, chapters) else "unchanged"
                report.count("notes", outcome)
        except bank_files.BankFileError as error:
            raise CommandError(_summary(error.complaints)) from error
        for line in report.lines():
            self.stdout.write(line)


def _notes(path: Path) -> list[notes.NotesChapter] | None:
    """The notes beside the subject, where there are any. Raises BankFileError."""
    if not path.exists():
        return None
    try:
        return notes.parse(notes.decode(path.read_bytes()))
    except notes.NotesError as error:
        raise bank_files.BankFileError([f"{path.name}: {error}"]) from error


def _summary(complaints: list[str]) -> str:
    shown = complaints[:SHOWN]
    if len(complaints) > SHOWN:
        shown.append(f"... and {len(complaints) - SHOWN} more")
    return "\n".join(["Nothing was loaded:", *shown])

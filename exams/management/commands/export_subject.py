"""``manage.py export_subject PATH --subject CODE``: the text files that load_subject reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exams import blueprint_files
from questions import bank_files, loading, notes_import
from questions.models import Question, Subject


class Command(BaseCommand):
    help = "Write a subject's facts, published questions and open blueprints as text files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="folder to write to")
        parser.add_argument("--subject", required=True, help="code of the subject")

    def handle(self, *args: Any, path: Path, subject: str, **options: Any) -> None:
        found = Subject.objects.filter(code=subject).first()
        if found is None:
            raise CommandError(f"There is no subject {subject!r}.")
        try:
            bank_files.write(path, loading.dump(found))
            blueprint_files.write(path, found)
            if text := notes_import.text_of(found):
                (path / "notes.md").write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"Cannot write to {path}: {error.strerror}") from error
        everything = Question.objects.filter(chapter__subject=found)
        written = everything.askable().count()
        self.stdout.write(f"{written} published questions written to {path}")
        if left := everything.count() - written:
            self.stdout.write(f"{left} drafts or retired questions left out")

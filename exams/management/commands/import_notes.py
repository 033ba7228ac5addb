"""``manage.py import_notes FILE --subject CODE``: Markdown notes into chapters and candidates."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from questions import notes, notes_import
from questions.models import Subject


class Command(BaseCommand):
    help = (
        "Make chapters and candidate facts from Markdown notes. Shows the plan; --apply writes it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--subject", required=True, help="code; made when it is new")
        parser.add_argument("--title", help="title of a new subject (default: its code)")
        parser.add_argument("--apply", action="store_true", help="write what the plan says")

    def handle(self, *args: Any, file: Path, subject: str, **options: Any) -> None:
        try:
            chapters = notes.parse(notes.decode(file.read_bytes()))
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}") from error
        except notes.NotesError as error:
            raise CommandError(f"{file}: {error} Nothing was written.") from error
        with transaction.atomic():
            title = options["title"] or subject
            found, _ = Subject.objects.get_or_create(code=subject, defaults={"title_en": title})
            plan = notes_import.plan(found, chapters)
            for line in plan.lines():
                self.stdout.write(line)
            if options["apply"] and plan.changes:
                notes_import.apply(plan)
            transaction.set_rollback(not options["apply"])
        self.stdout.write(_outcome(applied=options["apply"], changes=plan.changes))


def _outcome(*, applied: bool, changes: bool) -> str:
    if not changes:
        return "Nothing to change."
    return "Written." if applied else "This was the plan; --apply writes it."

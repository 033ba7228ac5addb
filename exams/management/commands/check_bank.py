"""``manage.py check_bank [--json]``: the published bank against its standard.

Exit status 1 when there is an error.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exams import bank_supply
from exams.models import ExamBlueprint
from questions import bank_reading, bank_report
from questions.item_writing import Flaw
from questions.models import Subject

MAX_AGE_DAYS = 3 * 365


class Command(BaseCommand):
    help = "Check the published questions of a subject; exit 1 on any error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subject", default="saa-c03", help="code of the subject")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--max-age-days", type=int, default=MAX_AGE_DAYS,
            help="warn about references checked longer ago (default: %(default)s)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        subject = Subject.objects.filter(code=options["subject"]).first()
        if subject is None:
            raise CommandError(f"There is no subject {options['subject']!r}: load_subject first.")
        report = check(subject, options["max_age_days"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_table(report)))
        if report.errors:
            sys.exit(1)


def check(subject: Subject, max_age_days: int = MAX_AGE_DAYS) -> bank_report.Report:
    """The report on a subject's published bank."""
    bank = bank_reading.bank(subject)
    blueprints = list(
        ExamBlueprint.objects.filter(subject=subject).open().prefetch_related(
            "sections__domain", "sections__chapter", "sections__objective__domain", "sections__tag"
        )
    )  # fmt: skip
    places = bank_supply.places(subject)
    full_mock = next((b for b in blueprints if b.code == bank_supply.FULL_MOCK), None)
    bank = replace(
        bank,
        supply=list(bank_supply.shortages(blueprints, places)),
        disjoint_full_forms=(
            bank_supply.disjoint_full_forms(full_mock, places) if full_mock else None
        ),
    )
    return bank_report.report(bank, timezone.localdate(), max_age_days)


def _table(report: bank_report.Report) -> Iterator[str]:
    for name, value in report.figures.items():
        if isinstance(value, dict):
            value = "  ".join(f"{key} {_number(part)}" for key, part in value.items())
        elif isinstance(value, list):
            value = len(value)
        yield f"{name:<28}{_number(value)}"
    for title, findings in (("errors", report.errors), ("warnings", report.warnings)):
        yield f"\n{title}: {len(findings)}"
        yield from (_line(flaw) for flaw in findings)


def _line(flaw: Flaw) -> str:
    return f"  {flaw.code or 'bank':<18} {flaw.rule:<18} {flaw.message}"


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)

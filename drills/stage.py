"""``python -m drills.stage WHAT``: prepare the database of DATABASE_URL, in a process of its own.

``sitters N`` migrates, makes a tiny bank and N learners in a 65-item exam, and prints them as
JSON; ``banks FOLDER N`` writes N subjects to load; ``lift`` takes a result's uniqueness away.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import django

QUESTIONS, ITEMS = 130, 65


def sitters(count: int) -> None:
    from django.core.management import call_command

    from benchmarks import people
    from tests import factories

    call_command("migrate", verbosity=0)
    subject = factories.subject()
    factories.questions(subject, QUESTIONS)
    factories.blueprint(subject, item_count=ITEMS)
    made = people.sitters(count)
    seats = [{"attempt": sitter.attempt.pk.hex, "headers": sitter.headers} for sitter in made]
    json.dump(seats, sys.stdout)


def banks(folder: Path, count: int) -> None:
    """The tiny subject as files, ``count`` times under codes of their own."""
    from django.core.management import call_command

    call_command("export_subject", folder / "0", subject="tiny", stdout=io.StringIO())
    sources = {path.relative_to(folder / "0"): path for path in (folder / "0").rglob("*.json")}
    for n in range(1, count + 1):
        for name, path in sources.items():
            target = folder / str(n) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text().replace('"tiny"', f'"tiny-{n}"').replace('"q-', f'"q{n}-')
            target.write_text(text)


def lift() -> None:
    from django.db import connection

    from exams.models import Result

    name = "result_version_once_per_attempt"
    [unique] = [c for c in Result._meta.constraints if c.name == name]
    # SQLite makes the table anew, with the constraints that the model has by then.
    Result._meta.constraints = [c for c in Result._meta.constraints if c.name != name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Result, unique)


def main(what: str, *arguments: str) -> None:
    django.setup()
    if what == "sitters":
        sitters(int(arguments[0]))
    elif what == "banks":
        banks(Path(arguments[0]), int(arguments[1]))
    else:
        lift()


if __name__ == "__main__":
    main(*sys.argv[1:])

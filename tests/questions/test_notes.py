"""Any Markdown notes become chapters and candidate facts; hostile files write nothing."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from questions.models import ChapterNotes, Question, SourceFact, Subject
from questions.notes import NotesError, decode, parse
from tests import factories

pytestmark = pytest.mark.database

COOKING = """# Knife skills

- A sharp knife is safer than a blunt one
- Hold the food with a **claw grip**
  - fingertips curled

## Cuts
1. Julienne: thin sticks
```
# not a heading
- not a bullet
```

# 소스

- 루는 버터와 밀가루로 만든다
"""


@pytest.fixture
def cooking(tmp_path: Path) -> Path:
    path = tmp_path / "cooking.md"
    path.write_text(COOKING, encoding="utf-8")
    return path


def imported(path: Path, subject: str = "cooking", *flags: str) -> str:
    out = StringIO()
    call_command("import_notes", str(path), "--subject", subject, *flags, stdout=out)
    return out.getvalue()


def test_the_shipped_notes_have_27_chapters() -> None:
    chapters = parse(decode((settings.SHIPPED_SUBJECT / "notes.md").read_bytes()))
    assert [chapter.number for chapter in chapters] == list(range(1, 28))
    assert chapters[9].title == "Amazon S3"
    assert chapters[0].lines[0] == "# AWS Overview"


def test_headings_and_bullets_in_code_are_neither() -> None:
    knives, sauces = parse(COOKING)
    assert (knives.title, sauces.title) == ("Knife skills", "소스")
    assert [(bullet.line, bullet.section) for bullet in knives.bullets] == [
        (3, "Knife skills"),
        (4, "Knife skills"),
        (5, "Knife skills"),
        (8, "Knife skills > Cuts"),
    ]


@pytest.mark.django_db
def test_without_apply_the_plan_is_shown_and_nothing_written(cooking: Path) -> None:
    said = imported(cooking)
    assert "chapters   2 new" in said
    assert "candidates 5 new" in said
    assert not Subject.objects.exists()


@pytest.mark.django_db
def test_notes_of_another_subject_make_a_usable_subject(cooking: Path) -> None:
    imported(cooking, "cooking", "--apply")
    subject = Subject.objects.get(code="cooking")
    assert [chapter.slug for chapter in subject.chapters.all()] == ["knife-skills", "chapter-2"]
    facts = SourceFact.objects.filter(chapter__subject=subject)
    assert {fact.verdict for fact in facts} == {"candidate"}
    assert not any(fact.is_testable for fact in facts)
    assert facts.get(notes_lines=[16]).statement_ko == "루는 버터와 밀가루로 만든다"


@pytest.mark.django_db
def test_importing_again_changes_nothing(cooking: Path) -> None:
    imported(cooking, "cooking", "--apply")
    before = list(SourceFact.objects.order_by("pk").values())
    assert "Nothing to change." in imported(cooking, "cooking", "--apply")
    assert list(SourceFact.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_after_an_edit_facts_move_with_their_words(cooking: Path) -> None:
    imported(cooking, "cooking", "--apply")
    cooking.write_text("# Knife skills\n\n- New\n" + COOKING.split("\n", 1)[1], encoding="utf-8")
    said = imported(cooking, "cooking", "--apply")
    assert "candidates 1 new" in said
    claw = SourceFact.objects.get(quote__contains="claw grip")
    assert claw.notes_lines == [6]


@pytest.mark.django_db
def test_a_fact_whose_words_are_gone_names_its_questions(
    cooking: Path, subject: Subject, bank: object
) -> None:
    notes = "# One\n\n- Alpha keeps data\n- Beta does not\n"
    cooking.write_text(notes, encoding="utf-8")
    imported(cooking, subject.code, "--apply")
    [question] = factories.questions(subject, 1)
    fact = question.current_revision.facts.get()
    SourceFact.objects.filter(pk=fact.pk).update(
        chapter=subject.chapters.get(number=1), origin="notes", quote="Alpha keeps data",
        notes_lines=[3],
    )  # fmt: skip
    cooking.write_text(notes.replace("Alpha keeps data", "Gamma"), encoding="utf-8")
    said = imported(cooking, subject.code)
    assert f"questions to check again: {question.code}" in said
    assert Question.objects.get().current_revision == question.current_revision


HOSTILE = {
    "a NUL": b"# A\n- b\0c\n",
    "no UTF-8": "# 가\n".encode("cp949"),
    "no heading": b"- a\n- b\n",
    "nothing": b"",
    "a line of ten megabytes": b"# A\n" + b"x" * 10 * 2**20,
    "a long line": b"# A\n" + b"x" * 30_000,
    "lists nested fifty deep": b"# A\n" + b"".join(b"  " * n + b"- x\n" for n in range(50)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_message_and_writes_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(CommandError, match="Nothing was written"):
        imported(path, "hostile", "--apply")
    assert not Subject.objects.exists()
    assert not ChapterNotes.objects.exists()


def test_a_message_names_the_line() -> None:
    with pytest.raises(NotesError, match="Line 2"):
        decode(b"# A\n- b\0c\n")

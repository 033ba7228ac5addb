"""Subjects as text files: loaded once, loaded again, broken, and written back."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from exams import blueprint_files
from exams.models import ExamBlueprint
from questions import bank_files, bulk, loading
from questions.models import Question, QuestionRevision, SourceFact, Subject
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]
UNCHANGED = {"created": 0, "changed": 0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small subject as files, made from the factories' and removed from the database."""
    subject = factories.subject("files")
    factories.questions(subject, 12)
    factories.blueprint(subject, 4, code="mock", unscored_count=1)
    bank_files.write(tmp_path, loading.dump(subject))
    blueprint_files.write(tmp_path, subject)
    document = json.loads((tmp_path / "blueprints.json").read_text())
    quiz = document["blueprints"][0] | {
        "per_chapter": True, "code": "quiz-{slug}", "kind": "quiz", "item_count": 2,
        "title_en": "Quiz: {title}", "title_ko": "퀴즈: {title}", "unscored_count": 0,
        "position": 9,
    }  # fmt: skip
    del quiz["sections"]
    document["blueprints"].append({"per_chapter": True} | quiz)
    bank_files.write_json(tmp_path / "blueprints.json", document)
    return tmp_path


@pytest.fixture
def renamed(folder: Path) -> Path:
    """The same files as another subject, which the database does not have."""
    for path in folder.rglob("*.json"):
        text = path.read_text().replace('"files"', '"fresh"').replace('"q-', '"fresh-')
        path.write_text(text)
    return folder


def load(folder: Path) -> str:
    out = StringIO()
    call_command("load_subject", folder, stdout=out)
    return out.getvalue()


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(path.read_text())
    change(document)
    bank_files.write_json(path, document)


def test_loading_creates_and_loading_again_changes_nothing(renamed: Path) -> None:
    assert "questions  12 created, 0 changed, 0 unchanged" in load(renamed)
    again = load(renamed)
    assert "questions  0 created, 0 changed, 12 unchanged" in again
    assert all("0 created, 0 changed" in line for line in again.splitlines())
    assert Question.objects.filter(code__startswith="fresh-").askable().count() == 12


def test_loaded_questions_are_published_and_frozen_with_their_parts(renamed: Path) -> None:
    load(renamed)
    question = Question.objects.get(code="fresh-00006")
    revision = question.current_revision
    assert revision is not None and revision.is_frozen
    assert revision.pick_count == 2
    assert revision.stem_html_ko.startswith("<p>")
    assert revision.choices.count() == 5
    assert question.domain == question.objective.domain


def test_changed_content_becomes_the_next_revision(renamed: Path) -> None:
    load(renamed)
    path = renamed / "questions" / "01-chapter-1.json"
    edit(path, lambda d: d["questions"][0].update(explanation_en="Keep data off the server."))
    assert "questions  0 created, 1 changed, 11 unchanged" in load(renamed)
    question = Question.objects.get(code=json.loads(path.read_text())["questions"][0]["code"])
    numbers = list(question.revisions.values_list("number", flat=True))
    assert numbers == [1, 2]
    assert question.current_revision is not None
    assert question.current_revision.number == 2


def test_changed_identity_makes_no_revision(renamed: Path) -> None:
    load(renamed)
    path = renamed / "questions" / "02-chapter-2.json"
    edit(path, lambda d: d["questions"][0].update(sample=True, tags=["disk"], difficulty="hard"))
    assert "questions  0 created, 1 changed, 11 unchanged" in load(renamed)
    code = json.loads(path.read_text())["questions"][0]["code"]
    question = Question.objects.get(code=code)
    assert (question.is_sample, question.difficulty) == (True, "hard")
    assert [tag.slug for tag in question.tags.all()] == ["disk"]
    assert question.revisions.count() == 1


def test_content_that_was_edited_on_the_site_since_is_kept(renamed: Path) -> None:
    load(renamed)
    question = Question.objects.filter(code__startswith="fresh-").first()
    assert question is not None and question.current_revision is not None
    made = factories.record(900, code=question.code)

    entry = bulk.Entry(question, made, 2)
    places = bulk.Places.of(question.chapter.subject)
    bulk.publish(bulk.insert_revisions([entry], places), factories.NOW)
    assert "0 created, 0 changed, 12 unchanged" in load(renamed)
    question.refresh_from_db()
    assert question.current_revision.number == 2


def test_a_changed_blueprint_becomes_the_next_edition(renamed: Path) -> None:
    load(renamed)
    edit(renamed / "blueprints.json", lambda d: d["blueprints"][0].update(minutes=50))
    assert "blueprints 0 created, 1 changed, 3 unchanged" in load(renamed)
    editions = ExamBlueprint.objects.filter(subject__code="fresh", code="mock").order_by("edition")
    assert [(b.edition, b.minutes, b.is_open) for b in editions] == [(1, 40, False), (2, 50, True)]


def test_a_chapter_entry_opens_a_quiz_for_each_chapter(renamed: Path) -> None:
    load(renamed)
    quizzes = ExamBlueprint.objects.filter(subject__code="fresh", kind="quiz").open()
    assert {quiz.code for quiz in quizzes} == {f"quiz-chapter-{n}" for n in (1, 2, 3)}
    section = quizzes.get(code="quiz-chapter-2").sections.get()
    assert section.chapter is not None
    assert (section.chapter.slug, section.count) == ("chapter-2", 2)


def test_export_writes_the_same_files_back(renamed: Path, tmp_path: Path) -> None:
    load(renamed)
    out = tmp_path / "out"
    call_command("export_subject", out, subject="fresh", stdout=StringIO())
    written = {p.relative_to(out): p.read_bytes() for p in out.rglob("*.json")}
    read = {
        p.relative_to(renamed): p.read_bytes()
        for p in renamed.rglob("*.json")
        if out not in p.parents
    }
    assert written == read


def test_export_of_an_unknown_subject_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no subject 'nowhere'"):
        call_command("export_subject", tmp_path, subject="nowhere")


# --- broken files: named, and nothing written ------------------------------------------


QUESTIONS = "questions/01-chapter-1.json"
BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    (QUESTIONS, lambda d: d["questions"][0].pop("stem_ko"), "stem_ko: missing"),
    (QUESTIONS, lambda d: d["questions"][0].update(colour="red"), "colour: unknown field"),
    (QUESTIONS, lambda d: d["questions"][0].update(tags="disk"), "tags: expected a list"),
    (QUESTIONS, lambda d: d["questions"][0].update(difficulty="tough"), "difficulty: "),
    (QUESTIONS, lambda d: d["questions"][0].update(objective="9.9"), "no objective '9.9'"),
    (QUESTIONS, lambda d: d["questions"][0].update(deciding_facts=["F999"]), "no fact 'F999'"),
    (QUESTIONS, lambda d: d["questions"][0].update(stem_en="a\0b"), "U+0000"),
    (QUESTIONS, lambda d: d["questions"][0].update(stem_en="a\u202eb"), "U+202E"),
    (QUESTIONS, lambda d: d["questions"][0].update(code="no slug"), "code: "),
    (QUESTIONS, lambda d: d["questions"][0].update(references=[]), "references: "),
    (QUESTIONS, lambda d: d["questions"][0]["choices"][0].update(key="yes"), "choices[1] key"),
    (
        QUESTIONS,
        lambda d: d["questions"][0]["references"][0].update(checked_on="yesterday"),
        "references[1] checked_on: not a date",
    ),
    (QUESTIONS, lambda d: d["questions"].append(d["questions"][0]), "stands 2 times"),
    (QUESTIONS, lambda d: d.update(chapter="chapter-3"), "chapter: expected 'chapter-1'"),
    (QUESTIONS, lambda d: d.update(format="other/1"), "format: expected"),
    (QUESTIONS, lambda d: d["questions"].append("text"), "expected an object, found text"),
    ("facts/01-chapter-1.json", lambda d: d["facts"][0].update(verdict="maybe"), "verdict: "),
    ("facts/01-chapter-1.json", lambda d: d["facts"][0].update(verdict="wrong"), "correction_en"),
    ("facts/01-chapter-1.json", lambda d: d["facts"][0].update(objectives=["7.7"]), "'7.7'"),
    ("facts/01-chapter-1.json", lambda d: d["facts"][0].update(notes_lines=["7"]), "notes_lines"),
    ("subject.json", lambda d: d.update(domains={}), "domains: expected a list"),
    ("subject.json", lambda d: d["domains"][0].update(weight=300), "weight: "),
    ("subject.json", lambda d: d["chapters"][1].update(number=1), "stands 2 times"),
    ("blueprints.json", lambda d: d["blueprints"][0].update(item_count=0), "item_count: "),
    ("blueprints.json", lambda d: d["blueprints"][0].update(unscored_count=4), "unscored_count"),
    ("blueprints.json", lambda d: d["blueprints"][0].update(cut_score=2000), "cut_score"),
    (
        "blueprints.json",
        lambda d: d["blueprints"][0].update(sections=[{"domain": 1, "count": 3}]),
        "add up to 3, not to 4",
    ),
    (
        "blueprints.json",
        lambda d: d["blueprints"][0].update(sections=[{"domain": 1}]),
        "either a count of items or a weight",
    ),
]


@pytest.mark.parametrize(("name", "change", "message"), BROKEN)
def test_a_broken_file_is_named_and_nothing_is_written(
    renamed: Path, name: str, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    edit(renamed / name, change)
    with pytest.raises(CommandError) as caught:
        load(renamed)
    assert message in str(caught.value)
    assert not Subject.objects.filter(code="fresh").exists()
    assert not Question.objects.filter(code__startswith="fresh-").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"format": ', "01-chapter-1.json line 1 column"),
        (b"\xff\xfe{}", "not UTF-8 at byte 0"),
        (b'{"format": "a", "format": "b"}', "'format' stands twice"),
        (b'{"format": NaN}', "NaN is no JSON number"),
        (b"[" * 100_000, "01-chapter-1.json"),
        (b"[]", "expected an object, found a list"),
    ],
)
def test_a_file_that_is_no_json_is_named(renamed: Path, text: bytes, message: str) -> None:
    (renamed / QUESTIONS).write_bytes(text)
    with pytest.raises(CommandError) as caught:
        load(renamed)
    assert message in str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there is no such file"):
        load(tmp_path / "nowhere")


def test_a_code_of_another_subject_is_refused(renamed: Path) -> None:
    edit(renamed / QUESTIONS, lambda d: d["questions"][0].update(code="q-00003"))
    with pytest.raises(CommandError, match="q-00003: belongs to another subject"):
        load(renamed)
    assert not Subject.objects.filter(code="fresh").exists()


def test_a_blueprint_for_an_unknown_tag_is_named(renamed: Path) -> None:
    section = {"tag": "nothing", "count": 4}
    edit(renamed / "blueprints.json", lambda d: d["blueprints"][0].update(sections=[section]))
    with pytest.raises(CommandError, match="no tag 'nothing'"):
        load(renamed)


# --- the shipped subject ---------------------------------------------------------------


def test_the_shipped_subject_loads_in_time_and_comes_back_byte_for_byte(tmp_path: Path) -> None:
    start = perf_counter()
    load(settings.SHIPPED_SUBJECT)
    assert perf_counter() - start < 20
    assert SourceFact.objects.filter(chapter__subject__code="saa-c03").count() == 780
    again = load(settings.SHIPPED_SUBJECT)
    assert all("0 created, 0 changed" in line for line in again.splitlines())
    call_command("export_subject", tmp_path, subject="saa-c03", stdout=StringIO())
    shipped = sorted(settings.SHIPPED_SUBJECT.rglob("*.json"))
    assert [p.name for p in shipped] == [p.name for p in sorted(tmp_path.rglob("*.json"))]
    for path in shipped:
        copy = tmp_path / path.relative_to(settings.SHIPPED_SUBJECT)
        assert copy.read_bytes() == path.read_bytes(), path.name


def test_every_published_revision_has_its_fingerprint(renamed: Path) -> None:
    load(renamed)
    assert not QuestionRevision.objects.filter(fingerprint="").exists()

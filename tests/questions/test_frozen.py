"""Published means frozen: refused in code and, past the code, by the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import Error, connection, transaction

from questions.models import (
    Choice,
    FrozenError,
    Question,
    QuestionRevision,
    Reference,
    RevisionFact,
    SourceFact,
    Subject,
)
from tests import factories
from tests.factories import record

pytestmark = pytest.mark.database


@pytest.fixture
def published(subject: Subject) -> QuestionRevision:
    factories.publish(subject, [record(1)])
    return QuestionRevision.objects.get()


@pytest.fixture
def draft(subject: Subject) -> QuestionRevision:
    return factories.drafts(subject, [record(2)])[0]


def save_choice(revision: QuestionRevision) -> None:
    choice = revision.choices.all()[0]
    choice.is_key = not choice.is_key
    choice.save()


def add_choice(revision: QuestionRevision) -> None:
    Choice.objects.create(revision=revision, position=9)


def save_revision(revision: QuestionRevision) -> None:
    revision.stem_en = "Another stem."
    revision.save()


CHANGES: list[Callable[[QuestionRevision], object]] = [
    save_revision,
    save_choice,
    add_choice,
    lambda r: r.choices.all()[0].delete(),
    lambda r: r.fact_links.all()[0].delete(),
    lambda r: r.references.all()[0].delete(),
    lambda r: QuestionRevision.objects.filter(pk=r.pk).update(stem_en="Another stem."),
    lambda r: Choice.objects.filter(revision=r).update(is_key=True),
    lambda r: Reference.objects.filter(revision=r).delete(),
    lambda r: Reference.objects.create(
        revision=r, url="https://example.com", checked_on="2026-01-01"
    ),
    lambda r: RevisionFact.objects.create(revision=r, fact=SourceFact.objects.last()),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_published_revision_is_not_changed(
    published: QuestionRevision, change: Callable[[QuestionRevision], object]
) -> None:
    with pytest.raises(FrozenError):
        change(published)


@pytest.mark.parametrize("change", CHANGES)
def test_a_draft_may_be_changed(
    draft: QuestionRevision, change: Callable[[QuestionRevision], object]
) -> None:
    change(draft)


def test_a_published_revision_is_not_deleted(published: QuestionRevision) -> None:
    with pytest.raises(FrozenError):
        published.delete()
    with pytest.raises(FrozenError):
        QuestionRevision.objects.all().delete()


STATEMENTS = [
    "UPDATE questions_questionrevision SET stem_en = 'x' WHERE id = {0}",
    "UPDATE questions_questionrevision SET published_at = NULL WHERE id = {0}",
    "DELETE FROM questions_questionrevision WHERE id = {0}",
    "UPDATE questions_choice SET is_key = NOT is_key WHERE revision_id = {0}",
    "DELETE FROM questions_choice WHERE revision_id = {0}",
    "DELETE FROM questions_revisionfact WHERE revision_id = {0}",
    "UPDATE questions_reference SET url = 'https://example.com' WHERE revision_id = {0}",
    "INSERT INTO questions_reference (revision_id, url, checked_on)"
    " VALUES ({0}, 'https://example.com', '2026-01-01')",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_raw_sql_is_refused_for_a_published_revision(
    published: QuestionRevision, statement: str
) -> None:
    with pytest.raises(Error, match="frozen"), transaction.atomic():
        execute(statement.format(published.pk))
    assert QuestionRevision.objects.filter(pk=published.pk, published_at__isnull=False).exists()


@pytest.mark.parametrize("statement", STATEMENTS[3:])
def test_raw_sql_may_write_a_draft(draft: QuestionRevision, statement: str) -> None:
    execute(statement.format(draft.pk))


def test_the_question_itself_keeps_moving(published: QuestionRevision) -> None:
    question = Question.objects.get()
    question.difficulty = "hard"
    question.save()
    question.refresh_from_db()
    assert question.difficulty == "hard"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

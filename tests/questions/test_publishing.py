"""The gate between a draft and the published bank, and what comes after it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from questions import bulk, content, publishing
from questions.models import FrozenError, Question, QuestionRevision, SourceFact, Subject
from tests import factories
from tests.factories import NOW, record

pytestmark = pytest.mark.database


def draft_of(subject: Subject, **changes: Any) -> Question:
    revision = factories.drafts(subject, [record(1, **changes)])[0]
    return revision.question


def refused(question: Question) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        publishing.publish(question, NOW)
    question.refresh_from_db()
    assert question.current_revision is None
    return caught.value.message_dict


def test_a_good_draft_is_published_and_current(subject: Subject) -> None:
    question = draft_of(subject)
    revision = publishing.publish(question, NOW)
    question.refresh_from_db()
    assert question.current_revision == revision
    assert (revision.published_at, revision.pick_count) == (NOW, 1)
    fetched = content.with_content(QuestionRevision.objects.filter(pk=revision.pk)).get()
    assert revision.fingerprint == content.fingerprint(content.record(fetched))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stem_ko": ""}, "stem_ko"),
        ({"explanation_en": ""}, "explanation_en"),
        ({"references": []}, "references"),
        ({"deciding_facts": []}, "facts"),
        ({"deciding_phrase_en": "another phrase"}, "deciding_phrase_en"),
        ({"choices": record()["choices"][:3]}, "choices"),
        ({"stem_en": record()["stem_en"].replace("one server", "9 servers")}, "stem_en"),
    ],
)
def test_a_flaw_is_refused_under_its_form_field(
    subject: Subject, changes: dict[str, Any], field: str
) -> None:
    assert field in refused(draft_of(subject, **changes))


@pytest.mark.parametrize("change", [{"volatile": True}, {"verdict": "not-testable"}])
def test_a_fact_that_decides_nothing_is_refused(subject: Subject, change: dict[str, Any]) -> None:
    SourceFact.objects.filter(code="F002").update(correction_en="No claim.", **change)
    assert "F002" in refused(draft_of(subject))["facts"][0]


def test_the_same_content_twice_is_refused(subject: Subject) -> None:
    factories.publish(subject, [record(1)])
    twin = factories.drafts(subject, [record(1, code="twin")])[0].question
    assert "q-00001" in refused(twin)["stem_en"][0]


def test_without_a_draft_there_is_nothing_to_publish(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    with pytest.raises(ValidationError, match="no draft"):
        publishing.publish(question, NOW)


def test_the_next_revision_is_a_copy_that_can_be_written(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    draft = publishing.open_next_revision(question)
    fetched = content.with_content(QuestionRevision.objects.filter(pk=draft.pk)).get()
    assert content.record(fetched) == content.canonical(record(1))
    assert (draft.number, draft.is_frozen) == (2, False)
    draft.explanation_en = "Data outlives the server outside of it."
    draft.save()
    published = publishing.publish(question, NOW)
    assert published.number == 2
    assert [r.number for r in question.revisions.all()] == [1, 2]


def test_opening_the_next_revision_twice_gives_the_same_draft(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    assert publishing.open_next_revision(question) == publishing.open_next_revision(question)


def test_a_question_without_content_gets_an_empty_draft(subject: Subject) -> None:
    question = draft_of(subject)
    question.revisions.get().delete()
    draft = publishing.open_next_revision(question)
    assert (draft.number, draft.stem_en) == (1, "")


def test_an_unchanged_copy_is_not_published_again(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    publishing.open_next_revision(question)
    with pytest.raises(ValidationError, match="q-00001 r1 says just the same"):
        publishing.publish(question, NOW)


def test_a_draft_that_was_overtaken_becomes_the_last(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    draft = publishing.open_next_revision(question)
    draft.explanation_en = "Data outlives the server outside of it."
    draft.save()
    newer = QuestionRevision(question=question, number=3, published_at=NOW)
    bulk.fill(newer, record(1, explanation_en="Keep the data elsewhere."))
    newer.save()
    assert publishing.publish(question, NOW).number == 4


def test_a_retired_question_is_not_askable_until_it_is_brought_back(subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    publishing.retire(question, NOW)
    assert not Question.objects.askable().exists()
    with pytest.raises(ValidationError, match="retired already"):
        publishing.retire(question, NOW)
    publishing.bring_back(question)
    assert Question.objects.askable().get() == question
    with pytest.raises(ValidationError, match="not retired"):
        publishing.bring_back(question)


def test_a_review_is_asked_for_a_draft_only(subject: Subject) -> None:
    question = draft_of(subject)
    draft = question.draft
    assert draft is not None
    publishing.request_review(draft, NOW)
    assert question.draft is not None
    assert question.draft.review_requested_at == NOW
    with pytest.raises(FrozenError):
        publishing.request_review(publishing.publish(question, NOW), NOW)

"""The authoring desk: who may do what, and the road from a new question to a published one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exams import admin as exams_admin
from exams.models import ExamBlueprint
from questions import publishing
from questions.models import Question, QuestionRevision, Subject
from tests import factories
from tests.factories import NOW, record

QUESTIONS = "/admin/questions/question/"


@pytest.fixture
def as_author(author: Any) -> Client:
    return signed_in(author)


@pytest.fixture
def as_reviewer(reviewer: Any) -> Client:
    return signed_in(reviewer)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def question_url(question: Question) -> str:
    return f"{QUESTIONS}{question.pk}/change/"


def revision_url(revision: QuestionRevision) -> str:
    return f"/admin/questions/questionrevision/{revision.pk}/change/"


def act(client: Client, url: str, action: str, pk: int) -> Any:
    """Run an action of the change form."""
    data = {"CHANGE_FORM-action": action, "_selected_action": pk, "index": 0}
    return client.post(url, data, follow=True)


def told(response: Any) -> str:
    return "\n".join(str(message) for message in response.context["messages"])


# --- who gets in ----------------------------------------------------------------------


@pytest.mark.parametrize("path", [QUESTIONS, "/admin/questions/sourcefact/", "/admin/"])
def test_a_learner_is_not_let_in(learner: Any, path: str) -> None:
    assert signed_in(learner).get(path).status_code in {302, 403}


def test_the_staff_flag_alone_opens_no_door(db: None) -> None:
    bare = factories.UserFactory(username="bare", is_staff=True)
    assert signed_in(bare).get(QUESTIONS).status_code in {302, 403}


@pytest.mark.parametrize(
    "name",
    ["question", "questionrevision", "sourcefact", "chapter", "objective", "domain", "subject",
     "tag"],
)  # fmt: skip
def test_the_lists_open_for_an_author(
    as_author: Client, subject: Subject, bank: Callable[..., Any], name: str
) -> None:
    bank(6)
    assert as_author.get(f"/admin/questions/{name}/").status_code == 200


@pytest.mark.parametrize("name", ["examblueprint", "attempt"])
def test_sittings_are_for_reviewers(as_author: Client, as_reviewer: Client, name: str) -> None:
    assert as_author.get(f"/admin/exams/{name}/").status_code == 403
    assert as_reviewer.get(f"/admin/exams/{name}/").status_code == 200


# --- lists ----------------------------------------------------------------------------


def test_the_list_takes_the_same_statements_for_any_number_of_questions(
    as_author: Client, subject: Subject, bank: Callable[..., Any],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    bank(3)
    as_author.get(QUESTIONS)
    with django_assert_max_num_queries(16) as few:
        as_author.get(QUESTIONS)
    bank(45, start=100)
    with django_assert_max_num_queries(len(few)):
        assert len(as_author.get(QUESTIONS).context["cl"].result_list) == 48


def test_a_question_is_found_by_code_and_by_words_of_its_stem(
    as_author: Client, subject: Subject, bank: Callable[..., Any]
) -> None:
    bank(12)
    for words in ("q-00007", "svc7"):
        found = as_author.get(QUESTIONS, {"q": words}).context["cl"].result_list
        assert [question.code for question in found] == ["q-00007"]


def test_each_status_has_its_questions(as_author: Client, subject: Subject) -> None:
    published, retired, revising = factories.publish(subject, [record(n) for n in (1, 2, 3)])
    factories.drafts(subject, [record(4)])
    waiting = factories.drafts(subject, [record(5)])[0]
    publishing.retire(retired, NOW)
    publishing.open_next_revision(revising)
    publishing.request_review(waiting, NOW)
    for status, code in (
        ("published", published.code), ("retired", retired.code), ("revising", revising.code),
        ("draft", "q-00004"), ("review", "q-00005"),
    ):  # fmt: skip
        found = as_author.get(QUESTIONS, {"status": status}).context["cl"].result_list
        assert [question.code for question in found] == [code]


# --- from new to published ------------------------------------------------------------


def new_question(client: Client, subject: Subject, **changes: Any) -> Any:
    objective = subject.domains.first().objectives.first()
    data = {
        "code": "new-1",
        "chapter": subject.chapters.first().pk,
        "objective": objective.pk,
        "difficulty": "easy",
        "exclusion_group": "",
    }
    return client.post(f"{QUESTIONS}add/", data | changes, follow=True)


def form_data(revision: QuestionRevision, made: dict[str, Any]) -> dict[str, Any]:
    """The record as the revision's form posts it."""
    texts = ("stem", "deciding_phrase", "explanation")
    data = {f"{n}_{lang}": made[f"{n}_{lang}"] for n in texts for lang in ("en", "ko")}
    data["change_note"] = "first draft"
    parts = {
        "choices": [
            {k: v for k, v in choice.items() if k != "key"}
            | ({"is_key": "on"} if choice["key"] else {})
            for choice in made["choices"]
        ],
        "fact_links": [{"fact": code, "deciding": "on"} for code in made["deciding_facts"]],
        "references": made["references"],
    }
    for prefix, rows in parts.items():
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for n, row in enumerate(rows):
            data |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
            data[f"{prefix}-{n}-revision"] = revision.pk
    return data


def test_an_author_writes_and_a_reviewer_publishes(
    as_author: Client, as_reviewer: Client, subject: Subject
) -> None:
    response = new_question(as_author, subject)
    draft = QuestionRevision.objects.get()
    assert response.redirect_chain[-1][0] == revision_url(draft)
    saved = as_author.post(revision_url(draft), form_data(draft, record(1)))
    assert saved.status_code == 302, saved.context["errors"]
    assert [choice.position for choice in draft.choices.all()] == [1, 2, 3, 4]
    assert (
        "waits for its review"
        in told(act(as_author, revision_url(draft), "request_review", draft.pk))
        or draft.question.draft.review_requested_at
    )
    act(as_reviewer, revision_url(draft), "publish", draft.pk)
    question = Question.objects.get(code="new-1")
    assert question.current_revision == draft


def test_an_author_may_not_publish(as_author: Client, subject: Subject) -> None:
    draft = factories.drafts(subject, [record(1)])[0]
    act(as_author, revision_url(draft), "publish", draft.pk)
    act(as_author, question_url(draft.question), "publish", draft.question.pk)
    assert not Question.objects.published().exists()


def test_an_author_may_not_retire(as_author: Client, subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    act(as_author, question_url(question), "retire", question.pk)
    assert Question.objects.askable().count() == 1


def test_a_reviewer_retires_and_brings_back(as_reviewer: Client, subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    act(as_reviewer, question_url(question), "retire", question.pk)
    assert not Question.objects.askable().exists()
    act(as_reviewer, question_url(question), "bring_back", question.pk)
    assert Question.objects.askable().exists()


def test_a_refused_publication_names_its_fields(as_reviewer: Client, subject: Subject) -> None:
    draft = factories.drafts(subject, [record(1, stem_ko="", references=[])])[0]
    as_reviewer.cookies["django_language"] = "en"
    messages = told(act(as_reviewer, revision_url(draft), "publish", draft.pk))
    assert "q-00001 · stem (Korean): stem_ko is empty." in messages
    assert "q-00001 · references: The question has no references." in messages
    assert not Question.objects.published().exists()


def test_a_published_revision_is_shown_and_not_written(
    as_reviewer: Client, subject: Subject
) -> None:
    question = factories.publish(subject, [record(1)])[0]
    revision = question.revisions.get()
    assert as_reviewer.get(revision_url(revision)).status_code == 200
    response = as_reviewer.post(revision_url(revision), form_data(revision, record(2)))
    assert response.status_code == 403
    revision.refresh_from_db()
    assert revision.stem_en == record(1)["stem_en"]


def test_the_next_revision_is_opened_from_the_question(as_author: Client, subject: Subject) -> None:
    question = factories.publish(subject, [record(1)])[0]
    response = act(as_author, question_url(question), "write_next_revision", question.pk)
    draft = question.draft
    assert draft is not None
    assert response.redirect_chain[-1][0] == revision_url(draft)


def test_a_code_does_not_change_and_a_question_is_not_deleted(
    as_reviewer: Client, subject: Subject
) -> None:
    question = factories.publish(subject, [record(1)])[0]
    new_question(as_reviewer, subject, code="q-00001")
    assert Question.objects.count() == 1
    data = {"code": "other", "chapter": question.chapter_id, "objective": question.objective_id,
            "difficulty": "hard"}  # fmt: skip
    as_reviewer.post(question_url(question), data)
    question.refresh_from_db()
    assert (question.code, question.difficulty) == ("q-00001", "hard")
    assert as_reviewer.post(f"{QUESTIONS}{question.pk}/delete/").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("fact_links-0-fact", "F999", "no such fact"),
        ("references-0-url", "not an address", "URL"),
        ("choices-1-text_en", "a\u202eb", "U+202E"),
        ("stem_ko", "a\0b", ""),
    ],
)
def test_bad_input_is_shown_at_its_field(
    as_author: Client, subject: Subject, field: str, value: str, message: str
) -> None:
    draft = factories.drafts(subject, [record(9)])[0]
    for part in (draft.choices, draft.fact_links, draft.references):
        part.all().delete()
    as_author.cookies["django_language"] = "en"
    data = form_data(draft, record(1)) | {field: value}
    response = as_author.post(revision_url(draft), data)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert draft.choices.count() == 0


# --- preview --------------------------------------------------------------------------


def test_the_preview_shows_both_languages(as_author: Client, subject: Subject) -> None:
    draft = factories.drafts(subject, [record(1)])[0]
    response = as_author.get(reverse("admin:questions_questionrevision_preview", args=[draft.pk]))
    text = response.content.decode()
    assert response.status_code == 200
    assert 'lang="ko"' in text and 'lang="en"' in text
    assert record(1)["choices"][3]["text_ko"] in text


def test_the_preview_is_not_for_learners(learner: Any, subject: Subject) -> None:
    draft = factories.drafts(subject, [record(1)])[0]
    url = reverse("admin:questions_questionrevision_preview", args=[draft.pk])
    assert signed_in(learner).get(url).status_code in {302, 403}


def test_the_preview_of_nothing_is_404(as_author: Client, subject: Subject) -> None:
    url = reverse("admin:questions_questionrevision_preview", args=[999])
    assert as_author.get(url).status_code == 404


# --- blueprints -----------------------------------------------------------------------


def blueprint_url(blueprint: ExamBlueprint) -> str:
    return f"/admin/exams/examblueprint/{blueprint.pk}/change/"


def test_a_blueprint_is_opened_when_the_bank_fills_it(
    as_reviewer: Client, subject: Subject
) -> None:
    factories.publish(subject, [record(n) for n in range(1, 41)])
    old = factories.blueprint(subject, 4)
    edition = exams_admin.copy_edition(ExamBlueprint.objects.get(pk=old.pk))
    assert (edition.edition, edition.is_open, edition.sections.count()) == (2, False, 4)
    act(as_reviewer, blueprint_url(edition), "open_blueprint", edition.pk)
    assert [b.edition for b in ExamBlueprint.objects.open()] == [2]


def test_a_blueprint_that_the_bank_cannot_fill_stays_closed(
    as_reviewer: Client, subject: Subject
) -> None:
    edition = exams_admin.copy_edition(factories.blueprint(subject, 4))
    response = act(as_reviewer, blueprint_url(edition), "open_blueprint", edition.pk)
    assert "the quota is" in told(response)
    edition.refresh_from_db()
    assert edition.opened_at is None


def test_an_open_blueprint_is_not_written(as_reviewer: Client, subject: Subject) -> None:
    blueprint = factories.blueprint(subject, 4)
    assert as_reviewer.get(blueprint_url(blueprint)).status_code == 200
    assert as_reviewer.post(blueprint_url(blueprint), {"minutes": 1}).status_code == 403

"""The published bank of a subject as the pure report reads it."""

from __future__ import annotations

from datetime import date

from questions import content
from questions.bank_report import Bank, Fact, Item
from questions.models import Objective, Question, QuestionRevision, SourceFact, Subject


def bank(subject: Subject) -> Bank:
    """Askable questions, facts and the subject's outline, in a fixed number of statements."""
    questions = Question.objects.filter(chapter__subject=subject)
    revisions = QuestionRevision.objects.filter(
        pk__in=questions.askable().values("current_revision")
    ).order_by("question__code")
    objectives = Objective.objects.filter(domain__subject=subject).order_by("code")
    return Bank(
        items=[item(revision) for revision in content.with_content(revisions)],
        facts=facts(subject),
        chapters=list(subject.chapters.order_by("number").values_list("slug", flat=True)),
        domains=[str(number) for number in subject.domains.values_list("number", flat=True)],
        objectives=list(objectives.values_list("code", flat=True)),
        questions=questions.count(),
    )


def item(revision: QuestionRevision) -> Item:
    """One published revision, fetched ``with_content``."""
    question = revision.question
    record = content.record(revision)
    dates = [date.fromisoformat(reference["checked_on"]) for reference in record["references"]]
    return Item(
        draft=content.draft(record),
        chapter=question.chapter.slug,
        domain=str(question.objective.domain.number),
        objective=record["objective"],
        difficulty=record["difficulty"],
        checked_on=dates,
        fingerprint_holds=content.fingerprint(record) == revision.fingerprint,
    )


def facts(subject: Subject) -> list[Fact]:
    rows = SourceFact.objects.filter(chapter__subject=subject).order_by("code")
    return [
        Fact(
            code=fact.code,
            origin="notes" if fact.origin == SourceFact.Origin.NOTES else "exam-guide",
            testable=fact.is_testable,
            volatile=fact.volatile,
            superseded=fact.superseded_by_id is not None,
        )
        for fact in rows.only("code", "origin", "verdict", "volatile", "superseded_by")
    ]

"""The sample item that a visitor can answer on the front page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from exams import marking
from exams.models import AttemptItem
from exams.queries.paper import PaperChoice, PaperItem
from exams.queries.review import ReviewChoice, ReviewItem
from questions.models import Choice, Question, QuestionRevision, Reference, RevisionFact


def of_the_day(day: date) -> PaperItem | None:
    """One published sample question a day, without its key; ``None`` in an empty bank."""
    samples = Question.objects.askable().filter(is_sample=True).order_by("draw_key")
    count = samples.count()
    if not count:
        return None
    question = samples.select_related("domain", "current_revision")[day.toordinal() % count]
    return _as_item(question)


def _as_item(question: Question) -> PaperItem:
    revision = question.current_revision
    assert revision is not None
    revision.question = question
    rows = Choice.objects.filter(revision=revision).order_by("position")
    texts = list(rows.values_list("pk", "text_html_en", "text_html_ko"))
    item = AttemptItem(position=1, revision=revision, choice_order=[pk for pk, _, _ in texts])
    choices = [
        PaperChoice(number, english, korean) for number, (_, english, korean) in enumerate(texts, 1)
    ]
    return PaperItem(item, choices)


def answered(code: str, numbers: Sequence[int]) -> ReviewItem | None:
    """The sample with its explanation and the visitor's choice; ``None`` if it is no sample."""
    question = (
        Question.objects.askable()
        .filter(is_sample=True, code=code)
        .select_related("current_revision", "objective__domain", "chapter")
        .first()
    )
    if question is None or question.current_revision is None:
        return None
    revision: QuestionRevision = question.current_revision
    revision.question = question
    keys = marking.keys_in_force([revision.pk])[revision.pk]
    choices = list(Choice.objects.filter(revision=revision).order_by("position"))
    item = AttemptItem(position=1, revision=revision, choice_order=[c.pk for c in choices])
    return ReviewItem(
        item,
        None,
        [
            ReviewChoice(choice, number, choice.pk in keys.keys, number in numbers, struck=False)
            for number, choice in enumerate(choices, 1)
        ],
        list(
            RevisionFact.objects.filter(revision=revision).select_related("fact__chapter__subject")
        ),
        list(Reference.objects.filter(revision=revision)),
        keys.credit,
    )

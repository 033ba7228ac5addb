"""From draft to published and on: the gate, the next revision, retiring.

``now`` is an argument everywhere. What keeps a draft from being published comes as a
ValidationError by form field.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from questions import bulk, content
from questions.item_writing import Flaw
from questions.models import FrozenError, Question, QuestionRevision, SourceFact

# A flaw between the languages is shown at the English field.
FORM_FIELDS = {
    "stem": "stem_en",
    "explanation": "explanation_en",
    "deciding_phrase": "deciding_phrase_en",
    "choice": "choices",
    "rationale": "choices",
    "": "stem_en",
}


def flaws(revision: QuestionRevision) -> list[Flaw]:
    """The errors that keep the draft from being published."""
    fetched = content.with_content(QuestionRevision.objects.filter(pk=revision.pk)).get()
    found = content.errors(content.record(fetched))
    return found + _fact_flaws(fetched) + _twins(fetched)


def _fact_flaws(revision: QuestionRevision) -> list[Flaw]:
    found = []
    for link in revision.fact_links.all():
        if link.deciding and (why := _unfit(link.fact)):
            message = _("%(fact)s decides nothing: %(why)s.") % {"fact": link.fact.code, "why": why}
            found.append(Flaw(revision.question.code, "unfit-fact", message, field="facts"))
    return found


def _unfit(fact: SourceFact) -> str:
    if fact.volatile:
        return _("it is volatile")
    if not fact.is_testable:
        return _("it is an opinion")
    return _("it was superseded") if fact.superseded_by_id else ""


def _twins(revision: QuestionRevision) -> list[Flaw]:
    """The same content, to the letter, in another question or in the published revision."""
    fingerprint = content.fingerprint(content.record(revision))
    current = Question.objects.values("current_revision")
    published = QuestionRevision.objects.filter(fingerprint=fingerprint, pk__in=current)
    code = revision.question.code
    return [
        Flaw(code, "duplicate", _("%s says just the same already.") % twin, field="stem_en")
        for twin in published.select_related("question")
    ]


def by_field(found: list[Flaw]) -> dict[str, list[str]]:
    """Messages by form field, for a ValidationError."""
    errors = defaultdict(list)
    for flaw in found:
        errors[FORM_FIELDS.get(flaw.field, flaw.field)].append(flaw.message)
    return dict(errors)


@transaction.atomic
def publish(question: Question, now: datetime) -> QuestionRevision:
    """Freeze the question's draft and make it current.

    Raises ValidationError by form field when the draft has flaws, or when there is none.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    draft = question.draft
    if draft is None:
        raise ValidationError(_("%s has no draft to publish.") % question)
    if found := flaws(draft):
        raise ValidationError(by_field(found))
    fetched = content.with_content(QuestionRevision.objects.filter(pk=draft.pk)).get()
    record = content.record(fetched)
    last = bulk.next_numbers([question])[question.pk] - 1
    QuestionRevision.objects.filter(pk=draft.pk).update(
        # A revision loaded from files may have overtaken the draft: the newest is the last.
        number=draft.number if draft.number == last else last + 1,
        pick_count=sum(choice["key"] for choice in record["choices"]),
        fingerprint=content.fingerprint(record),
        published_at=now,
    )
    question.current_revision = draft
    question.save(update_fields=["current_revision"])
    draft.refresh_from_db()
    return draft


@transaction.atomic
def open_next_revision(question: Question) -> QuestionRevision:
    """The question's draft; where there is none, a copy of the current revision becomes it."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if draft := question.draft:
        return draft
    number = bulk.next_numbers([question]).get(question.pk, 1)
    if question.current_revision_id is None:
        return QuestionRevision.objects.create(question=question, number=number)
    current = QuestionRevision.objects.filter(pk=question.current_revision_id)
    record = content.record(content.with_content(current).get())
    places = bulk.Places.of(question.chapter.subject)
    return bulk.insert_revisions([bulk.Entry(question, record, number)], places)[0]


def request_review(revision: QuestionRevision, now: datetime) -> None:
    """Tell the reviewers that the draft is ready. Raises FrozenError for a published one."""
    if revision.is_frozen:
        raise FrozenError(f"{revision} is published.")
    revision.review_requested_at = now
    revision.save(update_fields=["review_requested_at"])


def retire(question: Question, now: datetime) -> None:
    """Ask the question no more; attempts that have it keep it. Raises ValidationError."""
    if question.retired_at is not None:
        raise ValidationError(_("%s is retired already.") % question)
    question.retired_at = now
    question.save(update_fields=["retired_at"])


def bring_back(question: Question) -> None:
    """Ask a retired question again. Raises ValidationError."""
    if question.retired_at is None:
        raise ValidationError(_("%s is not retired.") % question)
    question.retired_at = None
    question.save(update_fields=["retired_at"])

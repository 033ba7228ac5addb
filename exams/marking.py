"""Marking one attempt: its newest responses against the keys that hold today.

Besides review pages of closed or revealed items, the only code that loads a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, QuerySet

from exams.domain import scoring
from exams.models import Attempt, AttemptItem, ExamBlueprint, Response
from questions.models import Choice, KeyCorrection


@dataclass(slots=True)
class Marked:
    """Items with ``awarded`` and ``final_response`` set (not saved), and the score."""

    items: list[AttemptItem]
    score: scoring.Score


@dataclass(frozen=True, slots=True)
class KeyInForce:
    """The keys (choice ids) of one revision after its newest correction."""

    keys: frozenset[int]
    credit: scoring.Credit


def scale_of(blueprint: ExamBlueprint) -> scoring.Scale:
    return scoring.Scale(
        blueprint.scale_min,
        blueprint.scale_max,
        blueprint.cut_score,
        Decimal(blueprint.cut_fraction),
    )


def newest_responses(attempt: Attempt) -> QuerySet[Response]:
    """The responses that count: per item the one with the highest ``rev``."""
    newest = attempt.responses.values("item").annotate(rev=Max("rev")).order_by().values("rev")
    return attempt.responses.filter(rev__in=newest).order_by()


def mark(attempt: Attempt) -> Marked:
    """Award every item of the attempt; unscored items are awarded but not counted."""
    items = list(attempt.items.all())
    responses = {response.item_id: response for response in newest_responses(attempt)}
    keys = keys_in_force([item.revision_id for item in items])
    for item in items:
        response = responses.get(item.pk)
        key = keys[item.revision_id]
        item.final_response = response
        item.awarded = scoring.award(key.keys, response.selected if response else (), key.credit)
    awards = [item.awarded for item in items if not item.unscored]
    return Marked(items, scoring.total(awards, scale_of(attempt.blueprint)))


def keys_in_force(revisions: list[int]) -> Mapping[int, KeyInForce]:
    """The keys by revision id, as published or as corrected since."""
    rows = Choice.objects.filter(revision__in=revisions)
    positions: dict[int, dict[int, int]] = {revision: {} for revision in revisions}
    keys: dict[int, set[int]] = {revision: set() for revision in revisions}
    for pk, revision, position, is_key in rows.values_list(
        "pk", "revision_id", "position", "is_key"
    ):
        positions[revision][position] = pk
        if is_key:
            keys[revision].add(pk)
    credit = dict.fromkeys(revisions, scoring.Credit.KEY)
    for correction in KeyCorrection.objects.filter(revision__in=revisions).order_by("made_at"):
        revision = correction.revision_id
        if correction.ruling == KeyCorrection.Ruling.REKEY:
            credit[revision] = scoring.Credit.KEY
            keys[revision] = {positions[revision][n] for n in correction.key_positions}
        else:
            credit[revision] = scoring.Credit(correction.ruling)
    return {
        revision: KeyInForce(frozenset(keys[revision]), credit[revision]) for revision in revisions
    }

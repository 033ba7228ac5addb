"""A learner's history and topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from exams.domain.proportion import Proportion
from exams.models import Attempt, AttemptItem, ExamBlueprint, Owner, Result
from questions.models import Chapter, Domain, Question, Subject

TARGET = 0.72  # the share we ask for where no blueprint says otherwise


@dataclass(frozen=True, slots=True)
class Topic:
    """What a learner answered of one chapter or domain: first looks apart from repeats."""

    topic: Chapter | Domain
    first: Proportion
    repeats: Proportion
    target: float = TARGET

    @property
    def label(self) -> str:
        return self.first.label(self.target)

    @property
    def interval(self) -> tuple[float, float]:
        return self.first.interval()


@dataclass
class _Tally:
    first: list[int] = field(default_factory=lambda: [0, 0])
    repeats: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, row: dict[str, Any]) -> None:
        target = self.first if row["first_look"] else self.repeats
        target[0] += int(row["right"] or 0)
        target[1] += row["n"]


def with_results(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Attempts with their newest result's ``raw``, ``maximum``, ``scaled`` and ``passed``."""
    newest = Result.objects.filter(attempt=OuterRef("pk")).order_by("-version")
    return attempts.select_related("blueprint__subject").annotate(
        **{
            name: Subquery(newest.values(name)[:1])
            for name in ("raw", "maximum", "scaled", "passed")
        }
    )


def history(owner: Owner) -> QuerySet[Attempt]:
    """Every attempt of the owner, newest first, with its newest result."""
    return with_results(Attempt.objects.owned_by(owner)).order_by("-started_at")


def open_attempts(owner: Owner, now: datetime) -> list[Attempt]:
    """Attempts that can still be answered, the most recent first. Nothing is closed here."""
    return list(
        Attempt.objects.owned_by(owner)
        .in_progress()
        .filter(Q(grace_until__isnull=True) | Q(grace_until__gte=now))
        .select_related("blueprint")
    )


def topics(owner: Owner, subject: Subject) -> tuple[list[Topic], list[Topic]]:
    """Domains and chapters of a subject with what the owner answered, in three statements.

    Counts answered items of closed attempts that are not void; a blank is no evidence of what
    somebody knows, and an item revealed before it was answered is none either.
    """
    rows: Any = (
        AttemptItem.objects.filter(
            attempt__in=Attempt.objects.owned_by(owner).scored(),
            awarded__isnull=False,
            final_response__isnull=False,
        )
        .exclude(final_response__selected=[])
        .filter(revision__question__chapter__subject=subject)
        .values(
            "first_look",
            chapter=F("revision__question__chapter"),
            domain=F("revision__question__domain"),
        )
        .annotate(n=Count("pk"), right=Sum("awarded"))
        .order_by()
    )
    by_domain: dict[int, _Tally] = {}
    by_chapter: dict[int, _Tally] = {}
    for row in rows:
        by_domain.setdefault(row["domain"], _Tally()).add(row)
        by_chapter.setdefault(row["chapter"], _Tally()).add(row)
    return (
        _topics(subject.domains.all(), by_domain),
        _topics(subject.chapters.all(), by_chapter),
    )


def _topics(groups: Iterable[Any], tallies: dict[int, _Tally]) -> list[Topic]:
    empty = _Tally()
    return [
        Topic(
            group,
            Proportion(*(tally := tallies.get(group.pk, empty)).first),
            Proportion(*tally.repeats),
        )
        for group in groups
    ]


def fresh_items(owner: Owner, blueprint: ExamBlueprint) -> int:
    """How many questions of the blueprint's kind the owner has not met, over all its sections."""
    met = AttemptItem.objects.filter(
        attempt__in=Attempt.objects.owned_by(owner).exclude(state="void")
    ).values("revision__question")
    fits = Q()
    for section in blueprint.sections.all():
        fits |= Q(
            **{
                lookup: value
                for lookup, value in (
                    ("domain", section.domain_id),
                    ("chapter", section.chapter_id),
                    ("objective", section.objective_id),
                    ("tags", section.tag_id),
                )
                if value is not None
            }
        )
    return (
        Question.objects.askable()
        .filter(fits, is_sample=blueprint.samples_only)
        .exclude(pk__in=met)
        .distinct()
        .count()
    )


def share(raw: Decimal | None, maximum: Decimal | None) -> float | None:
    """Raw over maximum, 0-1; ``None`` where nothing was scored."""
    return float(raw / maximum) if raw is not None and maximum else None

"""Where a learner stands: mastery of every chapter, and readiness for the exam.

Difficulties are the author's estimates and the population is assumed until there are enough
answers to calibrate both (docs/analytics.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, F

from exams.domain import evidence, mastery
from exams.domain.mastery import ChapterMastery, Population, Posterior
from exams.domain.readiness import Readiness, readiness
from exams.models import AttemptItem, ExamBlueprint, Owner
from questions.models import Chapter, Question, Subject

DIFFICULTY = {"easy": -0.7, "medium": 0.0, "hard": 0.7}  # logits, by the author's estimate
POPULATION = Population(mean=0.5, between=1.0, within=0.6, drift=0.1)  # a step is a week
WEEK_SECONDS = 7 * 24 * 3600
SHORTEST_MS = 3000  # on screen; a faster answer says nothing


@dataclass(frozen=True, slots=True)
class ChapterStanding:
    chapter: Chapter
    mastery: ChapterMastery

    @property
    def shelf(self) -> str:
        """``"focus"``, ``"unsure"``, ``"on-track"`` or ``"unseen"``."""
        return self.mastery.label if self.mastery.answers else "unseen"


@dataclass(frozen=True, slots=True)
class Standing:
    """``chapters`` come with the most points to be won first."""

    subject: Subject
    blueprint: ExamBlueprint
    chapters: list[ChapterStanding]
    readiness: Readiness

    def shelf(self, name: str) -> list[ChapterStanding]:
        return [standing for standing in self.chapters if standing.shelf == name]

    @property
    def shelves(self) -> list[tuple[str, list[ChapterStanding]]]:
        names = ("focus", "unsure", "on-track", "unseen")
        return [(name, found) for name in names if (found := self.shelf(name))]

    @property
    def answers_missing(self) -> int:
        """Answers until readiness is shown."""
        return max(0, 65 - self.readiness.answers)


def standing(owner: Owner, subject: Subject, now: datetime) -> Standing | None:
    """The owner's standing in a subject; ``None`` without an open mock exam or questions.

    Four statements, whatever was answered.
    """
    blueprint = subject.blueprints.open().filter(kind=ExamBlueprint.Kind.MOCK).first()
    bank = _bank(subject)
    if blueprint is None or not bank:
        return None
    chapters = [chapter for chapter in subject.chapters.all() if chapter.pk in bank]
    place = {chapter.pk: i for i, chapter in enumerate(chapters)}
    believed = _posterior(bank, place, _answers(owner, subject, place, now))
    counts = _exam_counts(subject, blueprint, bank, place)
    cut = float(blueprint.cut_fraction)
    estimates = mastery.chapters(believed, cut, counts)
    ordered = sorted(
        (ChapterStanding(*pair) for pair in zip(chapters, estimates, strict=True)),
        key=lambda each: (-each.mastery.expected_points, each.chapter.number),
    )
    ready = readiness(believed, counts, cut * blueprint.scored_count)
    return Standing(subject, blueprint, ordered, ready)


Bank = Mapping[int, Sequence[tuple[int, float, int]]]  # chapter: (domain, difficulty, questions)


def _bank(subject: Subject) -> Bank:
    rows = (
        Question.objects.askable()
        .filter(chapter__subject=subject)
        .values_list("chapter", "domain", "difficulty")
        .annotate(n=Count("pk"))
        .order_by("chapter", "domain", "difficulty")
    )
    bank: dict[int, list[tuple[int, float, int]]] = {}
    for chapter, domain, difficulty, n in rows:
        bank.setdefault(chapter, []).append((domain, DIFFICULTY[difficulty], n))
    return bank


def _answers(
    owner: Owner, subject: Subject, place: Mapping[int, int], now: datetime
) -> evidence.Answers:
    """First looks that were answered, in closed attempts, with their age in whole weeks."""
    rows = (
        AttemptItem.objects.filter(
            attempt__state="scored",
            first_look=True,
            awarded__isnull=False,
            revision__question__chapter__subject=subject,
            **{f"attempt__{name}": value for name, value in owner.lookup.items()},
        )
        .exclude(final_response__selected=[])
        .exclude(final_response__isnull=True)
        .exclude(final_response__shown_ms__range=(1, SHORTEST_MS - 1))
        .values_list(
            F("revision__question__chapter"),
            F("revision__question__difficulty"),
            "awarded",
            "attempt__started_at",
        )
    )
    kept = [row for row in rows if row[0] in place]
    return evidence.Answers.of(
        [place[chapter] for chapter, *_ in kept],
        [float(awarded) for _, _, awarded, _ in kept],
        [DIFFICULTY[difficulty] for _, difficulty, _, _ in kept],
        age=[_weeks(now, at) for *_, at in kept],
    )


def _weeks(now: datetime, at: datetime) -> int:
    return max(0, int((now - at).total_seconds() // WEEK_SECONDS))


def _posterior(bank: Bank, place: Mapping[int, int], answers: evidence.Answers) -> Posterior:
    cells = [(place[c], difficulty, n) for c in place for _, difficulty, n in bank[c]]
    sizes = [n for *_, n in cells]
    curves = evidence.score_curves(
        np.repeat([chapter for chapter, *_ in cells], sizes),
        np.repeat([difficulty for _, difficulty, _ in cells], sizes),
    )
    return mastery.posterior(evidence.evidence(answers, len(place)), curves, POPULATION)


def _exam_counts(
    subject: Subject, blueprint: ExamBlueprint, bank: Bank, place: Mapping[int, int]
) -> list[float]:
    """Scored questions of the exam per chapter: each domain's share, split as the bank is."""
    in_domain: dict[int, int] = {}
    for rows in bank.values():
        for domain, _, n in rows:
            in_domain[domain] = in_domain.get(domain, 0) + n
    weights = {domain.pk: float(domain.weight) for domain in subject.domains.all()}
    whole = sum(weights[domain] for domain in in_domain) or 1.0
    return [
        sum(
            blueprint.scored_count * weights[domain] / whole * n / in_domain[domain]
            for domain, _, n in bank[chapter]
        )
        for chapter in place
    ]

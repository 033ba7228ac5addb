"""From a blueprint to a form: fetch candidates by the indexed draw, hand them to assembly.

The only place where assembly meets the database. A section reads a bounded run of questions
in draw order, so a bank of 100,000 costs what a bank of 1,000 does; it reads on only when the
run does not suffice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import F, Max, QuerySet

from exams.domain import assembly
from exams.models import Attempt, AttemptItem, BlueprintSection, ExamBlueprint, Owner
from questions.models import Choice, Question
from questions.models.question import DRAW_KEYS

SPARE = 24  # candidates a section reads beyond twice its quota
GROWTH = 8  # each further reading is so many times longer


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """One item of a form that is ready to be stored."""

    revision: int
    choice_order: list[int]
    unscored: bool
    first_look: bool


class BankTooShort(Exception):
    """The bank cannot fill a section of the blueprint, whatever the learner has seen."""

    def __init__(self, section: str, quota: int, found: int) -> None:
        super().__init__(f"{section}: {quota} / {found}")
        self.section = section
        self.quota = quota
        self.found = found


def draw(owner: Owner, blueprint: ExamBlueprint, rng: random.Random) -> list[DrawnItem]:
    """Assemble the owner's next form. Raises BankTooShort with the quota that fails."""
    sections = list(
        blueprint.sections.select_related("domain", "chapter", "objective__domain", "tag")
    )
    specs = [assembly.SectionSpec(section.count, section.weight) for section in sections]
    quotas = assembly.quotas(specs, blueprint.item_count)
    pool = _Pool(owner, blueprint, sections, quotas, rng)
    try:
        form = pool.assemble()
    except assembly.Shortage as shortage:
        section = sections[shortage.section]
        raise BankTooShort(section.name, shortage.quota, shortage.found) from shortage
    return _with_choices(form, rng)


class _Pool:
    """Candidates for one form, read in growing runs: unseen ones first, then all."""

    def __init__(
        self,
        owner: Owner,
        blueprint: ExamBlueprint,
        sections: Sequence[BlueprintSection],
        quotas: Sequence[int],
        rng: random.Random,
    ) -> None:
        self.owner = owner
        self.blueprint = blueprint
        self.sections = sections
        self.quotas = quotas
        self.rng = rng
        self.starts = [rng.randrange(DRAW_KEYS) for _ in sections]
        self.assembly_seed = rng.getrandbits(64)

    def assemble(self) -> list[assembly.FormItem]:
        """The form, from as short a run as suffices. Raises assembly.Shortage."""
        limits = [2 * quota + SPARE for quota in self.quotas]
        unseen, unread = self._read_unseen(limits)
        seen: list[assembly.Candidate] | None = None
        while True:
            try:
                return self._arrange([*unseen, *(seen or ())])
            except assembly.Shortage as shortage:
                longer = unread & shortage.sections
                if not longer and seen is None:
                    seen = self._read_seen()
                    continue
                # Where sections share questions, more of one may make room in another.
                longer = longer or unread
                if not longer:
                    raise
            for section in longer:
                limits[section] *= GROWTH
            unseen, unread = self._read_unseen(limits)

    def _arrange(self, candidates: Iterable[assembly.Candidate]) -> list[assembly.FormItem]:
        rng = random.Random(self.assembly_seed)
        return assembly.assemble(self.quotas, candidates, self.blueprint.unscored_count, rng)

    def _eligible(self) -> QuerySet[Question]:
        return Question.objects.askable().filter(is_sample=self.blueprint.samples_only)

    def _seen(self) -> QuerySet[Any, Any]:
        """Question ids the owner has met, with the time of the last meeting."""
        return (
            AttemptItem.objects.filter(
                attempt__in=Attempt.objects.owned_by(self.owner).exclude(state="void")
            )
            .values(question=F("revision__question"))
            .annotate(last_seen=Max("attempt__started_at"))
            .order_by()
        )

    def _read_unseen(
        self, limits: Sequence[int]
    ) -> tuple[list[assembly.Candidate], frozenset[int]]:
        """Unseen candidates, and the sections that may have more of them."""
        met = self._seen().values("question")
        rows = self._read(self._eligible().exclude(pk__in=met), limits)
        read = Counter(section for section, *_ in rows)
        unread = frozenset(i for i, limit in enumerate(limits) if read[i] >= limit)
        return _candidates(rows), unread

    def _read_seen(self) -> list[assembly.Candidate]:
        """Every candidate the owner has met, with the time of the last meeting."""
        seen_at = dict(self._seen().values_list("question", "last_seen"))
        rows = self._read(self._eligible().filter(pk__in=self._seen().values("question")), None)
        return [replace(c, seen_at=seen_at[c.question]) for c in _candidates(rows)]

    def _read(
        self, questions: QuerySet[Question], limits: Sequence[int] | None
    ) -> list[tuple[int, int, int, str]]:
        """Rows of ``_union`` for all sections in one statement."""
        runs: list[tuple[int, QuerySet[Question]]] = []
        for i, section in enumerate(self.sections):
            drawn = questions.filter(**_criteria(section)).order_by("draw_key")
            halves = (
                drawn.filter(draw_key__gte=self.starts[i]),
                drawn.filter(draw_key__lt=self.starts[i]),
            )
            runs += [(i, half if limits is None else half[: limits[i]]) for half in halves]
        return _union(runs)


def _criteria(section: BlueprintSection) -> dict[str, int]:
    names = {"domain": "domain", "chapter": "chapter", "objective": "objective", "tag": "tags"}
    return {
        lookup: value
        for name, lookup in names.items()
        if (value := getattr(section, f"{name}_id")) is not None
    }


def _union(runs: Sequence[tuple[int, QuerySet[Question]]]) -> list[tuple[int, int, int, str]]:
    """All runs in one UNION ALL: (section, question, revision, exclusion group).

    By hand, since Django refuses sliced parts of a union on SQLite, which takes them happily
    one level down.
    """
    parts: list[str] = []
    params: list[Any] = []
    for section, queryset in runs:
        columns = queryset.values_list("pk", "current_revision_id", "exclusion_group")
        sql, values = columns.query.sql_with_params()
        # ``sql`` is Django's own, with its values kept apart.
        parts.append(f"SELECT {section} AS section, run.* FROM ({sql}) AS run")  # noqa: S608
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return cursor.fetchall()


def _candidates(rows: Iterable[tuple[int, int, int, str]]) -> list[assembly.Candidate]:
    """One candidate per question, with all the sections it fits."""
    fits: dict[int, set[int]] = {}
    about: dict[int, tuple[int, str]] = {}
    for section, question, revision, group in rows:
        fits.setdefault(question, set()).add(section)
        about[question] = (revision, group)
    return [
        assembly.Candidate(question, revision, frozenset(fits[question]), group)
        for question, (revision, group) in about.items()
    ]


def _with_choices(form: Sequence[assembly.FormItem], rng: random.Random) -> list[DrawnItem]:
    """Shuffle each item's choices; the order is stored with the attempt."""
    orders: dict[int, list[int]] = {item.candidate.revision: [] for item in form}
    rows = Choice.objects.filter(revision__in=orders).order_by("revision", "position")
    for revision, choice in rows.values_list("revision", "pk"):
        orders[revision].append(choice)
    drawn = []
    for item in form:
        order = orders[item.candidate.revision]
        rng.shuffle(order)
        seen = item.candidate.seen_at is not None
        drawn.append(DrawnItem(item.candidate.revision, order, item.unscored, not seen))
    return drawn

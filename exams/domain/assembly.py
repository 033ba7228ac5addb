"""Assembling a form: blueprint sections, a pool of candidates and a seed in, a form out.

Pure. The same seed and the same candidates (in any order) give the same form.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

Weight = int | float | Decimal | Fraction


class BlueprintError(ValueError):
    """The sections cannot be turned into quotas."""


class Shortage(Exception):
    """The pool cannot fill a section. ``section`` is its index; counts are items.

    ``sections`` are all that fell short; the one that is named falls short by most.
    """

    def __init__(self, section: int, quota: int, found: int, sections: Iterable[int]) -> None:
        super().__init__(f"section {section} needs {quota} items, {found} can be had")
        self.section = section
        self.quota = quota
        self.found = found
        self.sections = frozenset(sections)


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """How many items a section contributes: a fixed ``count`` or a ``weight``."""

    count: int | None = None
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may stand in the form, for the sections (by index) it fits."""

    question: int
    revision: int
    sections: frozenset[int]
    group: str = ""
    seen_at: datetime | None = None

    @property
    def idea(self) -> str | int:
        """What may stand in a form once: the exclusion group, else the question itself."""
        return self.group or self.question


@dataclass(frozen=True, slots=True)
class FormItem:
    candidate: Candidate
    section: int
    unscored: bool


def largest_remainder(total: int, weights: Sequence[Weight]) -> list[int]:
    """Split ``total`` items in proportion to ``weights``, exactly (Hamilton's method).

    Each share is rounded down and what is left goes to the largest remainders; equal
    remainders go to the larger weight, then to the earlier section. Raises BlueprintError
    for no weights, a negative weight or a sum of zero.
    """
    exact_weights = [Fraction(str(weight)) for weight in weights]
    whole = sum(exact_weights)
    if whole <= 0 or any(weight < 0 for weight in exact_weights):
        raise BlueprintError("Weights are not negative and one at least is positive.")
    exact = [total * weight / whole for weight in exact_weights]
    shares = [math.floor(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], -exact_weights[i], i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def quotas(sections: Sequence[SectionSpec], total: int) -> list[int]:
    """Items per section: counts as they stand, the rest split by weight.

    Raises BlueprintError when the counts do not add up to ``total`` items.
    """
    result = [section.count or 0 for section in sections]
    rest = total - sum(result)
    weighted = [i for i, section in enumerate(sections) if section.weight is not None]
    if rest < 0 or (rest > 0 and not weighted):
        raise BlueprintError(f"The sections' counts add up to {total - rest}, not to {total}.")
    if weighted:
        weights = [section.weight or 0 for section in (sections[i] for i in weighted)]
        for i, share in zip(weighted, largest_remainder(rest, weights), strict=True):
            result[i] = share
    return result


def assemble(
    section_quotas: Sequence[int],
    candidates: Iterable[Candidate],
    unscored_count: int,
    rng: random.Random,
) -> list[FormItem]:
    """Draw a form that meets every quota exactly with at most one question per idea.

    Unseen questions come first, then those seen longest ago. Sections and ideas are matched by
    augmenting paths (Kuhn 1955), so a form is found whenever one exists. Raises Shortage when
    none does. The unscored items are drawn in the proportions of the quotas.
    """
    pool = sorted(candidates, key=lambda candidate: candidate.question)
    rng.shuffle(pool)
    matching = _Matching(section_quotas)
    matching.offer_all(candidate for candidate in pool if candidate.seen_at is None)
    seen = sorted(
        (candidate for candidate in pool if candidate.seen_at is not None),
        key=lambda candidate: candidate.seen_at,  # type: ignore[arg-type, return-value]
    )
    # A seen variant of an idea that stands unseen is the last resort: moving the idea to
    # where only that variant fits would make one more of the form's items a seen one.
    left = matching.offer_all(seen, free_only=True)
    matching.offer_all(left)
    if not matching.complete:
        raise matching.shortage()
    return _arrange(matching.chosen(), section_quotas, unscored_count, rng)


class _Matching:
    """Ideas matched to section places; each idea once, each section up to its quota."""

    def __init__(self, section_quotas: Sequence[int]) -> None:
        self.quotas = list(section_quotas)
        self.taken: list[set[str | int]] = [set() for _ in section_quotas]
        # Which candidate stands for an idea in a section: the first one offered.
        self.options: dict[str | int, dict[int, Candidate]] = {}

    @property
    def complete(self) -> bool:
        return all(len(ideas) >= q for ideas, q in zip(self.taken, self.quotas, strict=True))

    def offer_all(
        self, candidates: Iterable[Candidate], *, free_only: bool = False
    ) -> list[Candidate]:
        """Offer candidates until the form is complete; returns those that were left out.

        With ``free_only``, candidates whose idea is seated already are left out.
        """
        left = []
        for candidate in candidates:
            if self.complete:
                break
            if free_only and self.is_seated(candidate.idea):
                left.append(candidate)
            else:
                self.offer(candidate)
        return left

    def is_seated(self, idea: str | int) -> bool:
        return any(idea in ideas for ideas in self.taken)

    def offer(self, candidate: Candidate) -> None:
        """Add the candidate's edges, then look for an augmenting path that starts at its idea.

        New edges of an idea that is matched already may open a path for another idea, so a
        path is looked for from every idea that is still free.
        """
        options = self.options.setdefault(candidate.idea, {})
        fresh = [s for s in sorted(candidate.sections) if s not in options]
        for section in fresh:
            options[section] = candidate
        if not fresh:
            return
        if not self.is_seated(candidate.idea):
            self._augment(candidate.idea, set())
        elif len(options) > len(fresh):
            self._retry_free()

    def _retry_free(self) -> None:
        matched = set().union(*self.taken)
        for idea in [idea for idea in self.options if idea not in matched]:
            if self.complete or self._augment(idea, set()):
                return

    def _augment(self, idea: str | int, visited: set[int]) -> bool:
        """Seat ``idea``, moving seated ideas to other sections where that makes room."""
        for section in self.options[idea]:
            if section in visited or not self.quotas[section]:
                continue
            visited.add(section)
            seated = self.taken[section]
            if len(seated) < self.quotas[section]:
                seated.add(idea)
                return True
            for other in sorted(seated, key=repr):
                if len(self.options[other]) > 1 and self._augment(other, visited):
                    seated.discard(other)
                    seated.add(idea)
                    return True
        return False

    def chosen(self) -> list[tuple[int, Candidate]]:
        return [
            (section, self.options[idea][section])
            for section, ideas in enumerate(self.taken)
            for idea in sorted(ideas, key=repr)
        ]

    def shortage(self) -> Shortage:
        gaps = [q - len(ideas) for q, ideas in zip(self.quotas, self.taken, strict=True)]
        section = max(range(len(gaps)), key=lambda i: gaps[i])
        short = [i for i, gap in enumerate(gaps) if gap > 0]
        return Shortage(section, self.quotas[section], len(self.taken[section]), short)


def _arrange(
    chosen: list[tuple[int, Candidate]],
    section_quotas: Sequence[int],
    unscored_count: int,
    rng: random.Random,
) -> list[FormItem]:
    """Mark the unscored items and put the form in its order."""
    open_places = Counter(dict(enumerate(largest_remainder(unscored_count, section_quotas))))
    items = []
    rng.shuffle(chosen)
    for section, candidate in chosen:
        unscored = open_places[section] > 0
        open_places[section] -= unscored
        items.append(FormItem(candidate, section, unscored))
    rng.shuffle(items)
    return items


def disjoint_forms(
    section_quotas: Sequence[int], candidates: Sequence[Candidate], rng: random.Random
) -> int:
    """How many full forms that share no question the pool gives; a greedy lower bound."""
    left = {candidate.question: candidate for candidate in candidates}
    count = 0
    while True:
        try:
            form = assemble(section_quotas, left.values(), 0, rng)
        except Shortage:
            return count
        count += 1
        for item in form:
            del left[item.candidate.question]

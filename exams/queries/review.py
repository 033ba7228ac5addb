"""What a learner sees after the attempt, or after revealing an item: keys and rationales.

``review`` must only be called for items the policy of the mode allows: all items of a closed
attempt, revealed ones of an open tutor attempt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from exams import marking
from exams.domain.proportion import Proportion
from exams.domain.scoring import Credit
from exams.models import Attempt, AttemptItem, Response, Result
from exams.queries.paper import MARKERS
from questions import markup
from questions.models import Choice, Reference, RevisionFact

FILTERS = ("wrong", "flagged", "blank", "unscored")
FIRST_LOOK = "first"
REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class ReviewChoice:
    choice: Choice
    number: int
    is_key: bool
    chosen: bool
    struck: bool

    @property
    def marker(self) -> str:
        return MARKERS[self.number - 1]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One item with everything that may be known of it now."""

    item: AttemptItem
    response: Response | None
    choices: list[ReviewChoice]
    facts: list[RevisionFact]
    references: list[Reference]
    credit: Credit

    @property
    def position(self) -> int:
        return self.item.position

    @property
    def awarded(self) -> Decimal | None:
        return self.item.awarded

    @property
    def verdict(self) -> str:
        """``"excluded"``, ``"right"``, ``"blank"`` or ``"wrong"``."""
        if self.credit is Credit.EXCLUDE:
            return "excluded"
        if self.is_right:
            return "right"
        return "wrong" if self.chosen else "blank"

    @property
    def is_right(self) -> bool:
        if self.credit is Credit.CREDIT_ALL:
            return True
        keys = {choice.number for choice in self.choices if choice.is_key}
        return keys == {choice.number for choice in self.choices if choice.chosen}

    @property
    def flagged(self) -> bool:
        return bool(self.response and self.response.flagged)

    @property
    def keys(self) -> list[ReviewChoice]:
        return [choice for choice in self.choices if choice.is_key]

    @property
    def chosen(self) -> list[ReviewChoice]:
        return [choice for choice in self.choices if choice.chosen]

    @property
    def stem_en(self) -> SafeString:
        return self._stem("en")

    @property
    def stem_ko(self) -> SafeString:
        return self._stem("ko")

    def _stem(self, language: str) -> SafeString:
        """The stem with its deciding phrase marked."""
        revision = self.item.revision
        html = getattr(revision, f"stem_html_{language}")
        phrase = getattr(revision, f"deciding_phrase_{language}")
        return mark_safe(markup.mark_phrase(html, phrase))  # noqa: S308 - cleaned when stored

    def matches(self, filters: Iterable[str]) -> bool:
        """True when any of the filters (see ``FILTERS``) holds; no filter matches all."""
        wanted = list(filters)
        return not wanted or any(
            {
                "wrong": self.verdict in {"wrong", "blank"},
                "flagged": self.flagged,
                "blank": self.verdict == "blank",
                "unscored": self.item.unscored,
            }[name]
            for name in wanted
        )


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Right of n for one domain, objective or chapter; scored items only."""

    label: str
    proportion: Proportion
    weight: Decimal | None = None


def results(attempt: Attempt) -> list[Result]:
    """Every version of the attempt's result, newest first."""
    return list(attempt.results.order_by("-version"))


def review(attempt: Attempt, positions: Sequence[int] | None = None) -> list[ReviewItem]:
    """The items (all, or those at ``positions``) with keys, in six statements."""
    rows = attempt.items.select_related(
        "final_response",
        "revision__question__objective__domain",
        "revision__question__chapter",
    )
    if positions is not None:
        rows = rows.filter(position__in=positions)
    items = list(rows)
    revisions = [item.revision_id for item in items]
    choices = {choice.pk: choice for choice in Choice.objects.filter(revision__in=revisions)}
    keys = marking.keys_in_force(revisions)
    facts = _by_revision(
        RevisionFact.objects.filter(revision__in=revisions).select_related("fact__chapter__subject")
    )
    references = _by_revision(Reference.objects.filter(revision__in=revisions))
    open_responses = _open_responses(attempt)
    return [
        ReviewItem(
            item,
            response := item.final_response or open_responses.get(item.pk),
            _review_choices(item, response, choices, keys[item.revision_id].keys),
            facts[item.revision_id],
            references[item.revision_id],
            keys[item.revision_id].credit,
        )
        for item in items
    ]


def _open_responses(attempt: Attempt) -> Mapping[int, Response]:
    """While a tutor attempt runs, the newest responses; a closed one has its final ones."""
    if not attempt.is_open:
        return {}
    return {response.item_id: response for response in marking.newest_responses(attempt)}


def _review_choices(
    item: AttemptItem,
    response: Response | None,
    choices: Mapping[int, Choice],
    keys: frozenset[int],
) -> list[ReviewChoice]:
    chosen = set(response.selected) if response else set()
    struck = set(response.struck) if response else set()
    return [
        ReviewChoice(choices[pk], number, pk in keys, pk in chosen, pk in struck)
        for number, pk in enumerate(item.choice_order, 1)
    ]


def _by_revision(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.revision_id].append(row)
    return grouped


def breakdown(items: Iterable[ReviewItem], by: str) -> list[Breakdown]:
    """Right of n by ``"domain"``, ``"objective"`` or ``"chapter"``, in the subject's order."""
    counts: dict[Any, list[int]] = {}
    for entry in items:
        if entry.item.unscored or entry.verdict == "excluded":
            continue
        question = entry.item.revision.question
        group = question.objective.domain if by == "domain" else getattr(question, by)
        count = counts.setdefault(group, [0, 0])
        count[0] += entry.is_right
        count[1] += 1
    order = sorted(counts, key=lambda group: getattr(group, "number", None) or group.code)
    return [
        Breakdown(str(group), Proportion(*counts[group]), getattr(group, "weight", None))
        for group in order
    ]

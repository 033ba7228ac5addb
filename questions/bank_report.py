"""The whole bank against its standard: figures, errors and warnings. Pure.

Rules about one question live in ``item_writing``; here are those that need many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from questions.form_cues import guess_chances, key_is_longest, near_duplicates
from questions.item_writing import LANGUAGES, Draft, Flaw, Language, flaws, is_scenario

SAME = 0.85  # Jaccard index of three-word runs from which two questions count as one
ALIKE = 0.6
CUE_LIMIT = 0.30  # share of single-answer items; chance is .25
POSITION_RANGE = (0.20, 0.30)
FEW = 40  # items below which a share says nothing about the bank

Shares = dict[Language, float | None]


@dataclass(frozen=True, slots=True)
class Item:
    """A published question as the report reads it."""

    draft: Draft
    chapter: str
    domain: str
    objective: str
    difficulty: str = "medium"
    checked_on: Sequence[date] = ()  # of its references
    fingerprint_holds: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    code: str
    origin: Literal["notes", "exam-guide"]
    testable: bool = True
    volatile: bool = False
    superseded: bool = False

    @property
    def wants_question(self) -> bool:
        return self.testable and not self.volatile and not self.superseded


@dataclass(frozen=True, slots=True)
class Bank:
    """Everything the report is about; chapters, domains and objectives in their order."""

    items: Sequence[Item]
    facts: Sequence[Fact]
    chapters: Sequence[str]
    domains: Sequence[str]
    objectives: Sequence[str]
    questions: int = 0  # drafts and retired ones included
    supply: Sequence[Flaw] = ()  # what blueprints ask for and the bank has not
    disjoint_full_forms: int | None = None


@dataclass(slots=True)
class Report:
    figures: dict[str, Any]
    findings: list[Flaw] = field(default_factory=list)

    @property
    def errors(self) -> list[Flaw]:
        return [flaw for flaw in self.findings if flaw.severity == "error"]

    @property
    def warnings(self) -> list[Flaw]:
        return [flaw for flaw in self.findings if flaw.severity == "warning"]

    def as_json(self) -> dict[str, Any]:
        """One object for machines: the figures, then ``errors`` and ``warnings``."""
        return self.figures | {
            "errors": [_plain(flaw) for flaw in self.errors],
            "warnings": [_plain(flaw) for flaw in self.warnings],
        }


def _plain(flaw: Flaw) -> dict[str, str]:
    return {name: value for name, value in asdict(flaw).items() if name != "severity"}


def report(bank: Bank, today: date, max_age_days: int) -> Report:
    """Figures and findings. References older than ``max_age_days`` give one warning."""
    result = Report(figures(bank))
    for item in bank.items:
        result.findings += flaws(item.draft)
    for rule in RULES:
        result.findings += rule(bank)
    result.findings += stale_references(bank, today, max_age_days)
    result.findings += uneven_shares(result.figures, _singles(bank.items))
    result.findings += bank.supply
    result.findings.sort(key=lambda flaw: (flaw.severity, flaw.rule, flaw.code))
    return result


# --- figures --------------------------------------------------------------------------


def figures(bank: Bank) -> dict[str, Any]:
    """The counts and shares by name; a share of nothing is ``None``."""
    items, singles = bank.items, _singles(bank.items)
    deciding = _deciding(items)
    return {
        "questions": bank.questions,
        "published": len(items),
        "facts": len(bank.facts),
        "facts_testable": sum(fact.testable for fact in bank.facts),
        "facts_covered": sum(fact.code in deciding for fact in bank.facts),
        "facts_uncovered": _uncovered(bank, "notes"),
        "facts_uncovered_exam_guide": _uncovered(bank, "exam-guide"),
        "per_chapter": _tally(bank.chapters, (item.chapter for item in items)),
        "per_domain": _tally(bank.domains, (item.domain for item in items)),
        "per_objective": _tally(bank.objectives, (item.objective for item in items)),
        "per_difficulty": dict(Counter(item.difficulty for item in items)),
        "multiple_response_share": _share(item.draft.is_multiple_response for item in items),
        "scenario_share": _share(is_scenario(item.draft) for item in items),
        "languages_complete_share": _share(languages_complete(item.draft) for item in items),
        "key_longest_share": _by_language(singles, key_is_longest),
        "key_position_share": key_position_share(singles),
        "form_cue_guess_share": _by_language(singles, chance_of_key),
        "disjoint_full_forms": bank.disjoint_full_forms,
    }


def languages_complete(draft: Draft) -> bool:
    """True when stem, explanation, choices and rationales stand in both languages."""
    texts = [draft.stem, draft.explanation]
    texts += [text for choice in draft.choices for text in (choice.text, choice.rationale)]
    return all(text.get(language, "").strip() for text in texts for language in LANGUAGES)


def chance_of_key(draft: Draft, language: Language) -> float:
    """Chance that a guesser who sees the form of the choices alone picks the key, 0-1."""
    chances = zip(guess_chances(draft, language), draft.choices, strict=True)
    return sum(chance for chance, choice in chances if choice.is_key)


def key_position_share(singles: Sequence[Draft]) -> dict[str, float | None]:
    """By place ``"1"`` to ``"4"``, the share of four-choice items with their key there."""
    four = [draft for draft in singles if len(draft.choices) == 4]
    places = [next(i for i, choice in enumerate(d.choices, 1) if choice.is_key) for d in four]
    return {str(place): _share(found == place for found in places) for place in range(1, 5)}


def _singles(items: Iterable[Item]) -> list[Draft]:
    """Single-answer drafts that have something to choose from."""
    drafts = (item.draft for item in items)
    return [draft for draft in drafts if len(draft.keys) == 1 and draft.distractors]


def _deciding(items: Iterable[Item]) -> set[str]:
    return {code for item in items for code in item.draft.deciding_facts}


def _uncovered(bank: Bank, origin: str) -> list[str]:
    deciding = _deciding(bank.items)
    wanted = [fact.code for fact in bank.facts if fact.origin == origin and fact.wants_question]
    return [code for code in wanted if code not in deciding]


def _tally(names: Iterable[str], values: Iterable[str]) -> dict[str, int]:
    return dict.fromkeys(names, 0) | dict(Counter(values))


def _share(hits: Iterable[float]) -> float | None:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else None


def _by_language(singles: Sequence[Draft], measure: Callable[[Draft, Language], float]) -> Shares:
    return {
        language: _share(measure(draft, language) for draft in singles) for language in LANGUAGES
    }


# --- rules over many questions --------------------------------------------------------


def changed_in_place(bank: Bank) -> Iterator[Flaw]:
    """A published revision never changes, so its fingerprint still has to fit."""
    for item in bank.items:
        if not item.fingerprint_holds:
            message = "The published content is not what was published (fingerprint)."
            yield Flaw(item.draft.code, "fingerprint", message)


def unfit_facts(bank: Bank) -> Iterator[Flaw]:
    """Volatile facts, opinions and superseded facts decide nothing."""
    facts = {fact.code: fact for fact in bank.facts}
    for item in bank.items:
        for code in item.draft.deciding_facts:
            if not (fact := facts.get(code)):
                continue
            if fact.volatile:
                message = f"The volatile fact {code} decides the question."
                yield Flaw(item.draft.code, "volatile-fact", message, field="facts")
            if not fact.testable:
                message = f"The opinion {code} decides the question."
                yield Flaw(item.draft.code, "untestable-fact", message, field="facts")
            if fact.superseded:
                message = f"The fact {code} was superseded: read the question again."
                yield Flaw(item.draft.code, "superseded-fact", message, field="facts")


def duplicates(bank: Bank) -> Iterator[Flaw]:
    """Questions that say nearly the same; from ``SAME`` on they count as one."""
    for one, other, likeness in near_duplicates([item.draft for item in bank.items], ALIKE):
        message = f"{likeness:.0%} of it stands in {one.code} too."
        severity: Literal["error", "warning"] = "error" if likeness >= SAME else "warning"
        yield Flaw(other.code, "near-duplicate", message, severity, "stem")


def uncovered_facts(bank: Bank) -> Iterator[Flaw]:
    """Facts that want a question and decide none: one warning per origin."""
    for origin, label in (("notes", "of the notes"), ("exam-guide", "of the exam guide")):
        if codes := _uncovered(bank, origin):
            message = f"{len(codes)} facts {label} decide no question: {_some(codes)}"
            yield Flaw("", "uncovered-fact", message, "warning")


def stale_references(bank: Bank, today: date, max_age_days: int) -> Iterator[Flaw]:
    stale = [
        item.draft.code
        for item in bank.items
        if item.checked_on and (today - max(item.checked_on)).days > max_age_days
    ]
    if stale:
        message = (
            f"{len(stale)} questions have no reference checked in the last {max_age_days} days:"
            f" {_some(stale)}"
        )
        yield Flaw("", "stale-reference", message, "warning")


def uneven_shares(figures: dict[str, Any], singles: Sequence[Draft]) -> Iterator[Flaw]:
    """Cues over the bank: keys that are too often the longest, guessable or in one place."""
    if len(singles) < FEW:
        return
    for name in ("key_longest_share", "form_cue_guess_share"):
        for language, share in figures[name].items():
            if share > CUE_LIMIT:
                message = f"{name} in {language} is {share:.2f}, more than {CUE_LIMIT:.2f}."
                yield Flaw("", name.replace("_", "-"), message, "warning")
    low, high = POSITION_RANGE
    for place, share in figures["key_position_share"].items():
        if share is not None and not low <= share <= high:
            message = (
                f"{share:.2f} of the keys stand in place {place}, outside {low:.2f}-{high:.2f}."
            )
            yield Flaw("", "key-position-share", message, "warning")


def _some(codes: Sequence[str], shown: int = 12) -> str:
    rest = f" and {len(codes) - shown} more" if len(codes) > shown else ""
    return ", ".join(codes[:shown]) + rest


RULES: tuple[Callable[[Bank], Iterator[Flaw]], ...] = (
    changed_in_place,
    unfit_facts,
    duplicates,
    uncovered_facts,
)

"""A chapter of the notes, each line with its facts and what a learner has met of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import F
from django.utils.safestring import SafeString, mark_safe

from exams.models import AttemptItem, Owner
from questions import markup
from questions.models import Chapter, RevisionFact, SourceFact
from questions.notes import BULLET, FENCE, HEADING


@dataclass(slots=True)
class NoteFact:
    """A fact with how many published questions rest on it, and the learner's items of them."""

    fact: SourceFact
    questions: int = 0
    met: list[AttemptItem] = field(default_factory=list)

    @property
    def right(self) -> int:
        return sum(item.awarded == 1 for item in self.met)


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line as written: ``kind`` is heading, bullet, code, text or blank."""

    number: int
    kind: str
    depth: int
    html: SafeString
    facts: list[NoteFact]


def chapter_notes(chapter: Chapter, owner: Owner | None) -> tuple[list[NoteLine], list[NoteFact]]:
    """The chapter's lines with their facts, and the facts that stand on no line."""
    facts = {
        fact.pk: NoteFact(fact)
        for fact in chapter.facts.exclude(verdict=SourceFact.Verdict.CANDIDATE).order_by("code")
    }
    _count_questions(facts)
    if owner is not None:
        _find_met(facts, owner)
    by_line: dict[int, list[NoteFact]] = defaultdict(list)
    for note in facts.values():
        for line in note.fact.notes_lines[:1]:
            by_line[line].append(note)
    kept = getattr(chapter, "notes", None)
    lines = _lines(kept.lines if kept else {}, by_line)
    placed = {note.fact.pk for line in lines for note in line.facts}
    return lines, [note for pk, note in facts.items() if pk not in placed]


def _count_questions(facts: Mapping[int, NoteFact]) -> None:
    links = RevisionFact.objects.filter(
        fact__in=facts, revision__question__current_revision=F("revision"), deciding=True
    )
    for fact in links.values_list("fact_id", flat=True):
        facts[fact].questions += 1


def _find_met(facts: Mapping[int, NoteFact], owner: Owner) -> None:
    """The owner's items of closed attempts whose revision rests on one of the facts."""
    items = (
        AttemptItem.objects.filter(
            attempt__state="scored",
            revision__fact_links__fact__in=facts,
            revision__fact_links__deciding=True,
            **{f"attempt__{name}": value for name, value in owner.lookup.items()},
        )
        .annotate(fact=F("revision__fact_links__fact"))
        .order_by("-attempt__started_at")
    )
    for item in items:
        facts[item.fact].met.append(item)


def _lines(lines: Mapping[int, str], by_line: Mapping[int, list[NoteFact]]) -> list[NoteLine]:
    made, in_code = [], False
    for number, line in lines.items():
        if FENCE.match(line):
            in_code = not in_code
            continue
        kind, depth, text = ("code", 0, line) if in_code else _kind(line)
        html = markup.code(text) if kind == "code" else markup.inline(text)
        made.append(NoteLine(number, kind, depth, mark_safe(html), by_line.get(number, [])))  # noqa: S308 - cleaned
    return made


def _kind(line: str) -> tuple[str, int, str]:
    if heading := HEADING.match(line):
        return "heading", len(heading[1]), heading[2]
    if bullet := BULLET.match(line):
        return "bullet", min(len(bullet[1].expandtabs(4)) // 2, 5), bullet[2]
    return ("text", 0, line) if line.strip() else ("blank", 0, "")

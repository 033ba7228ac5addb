"""Notes into a subject: chapters, their text, and candidate facts; planned first, then written.

A candidate is a fact that nobody has verified: it has no reference and decides no question.
Importing the same notes again changes nothing; after an edit the plan says which facts moved,
which lost their words, and which published questions rest on those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.text import slugify

from questions.models import Chapter, ChapterNotes, Question, SourceFact, Subject
from questions.notes import Bullet, NotesChapter, squeeze

HANGUL = re.compile(r"[가-힣]")


@dataclass(slots=True)
class NotesPlan:
    """What an import would do. ``moved`` maps facts to their new lines."""

    subject: Subject
    chapters: list[tuple[NotesChapter, Chapter | None]]
    candidates: list[tuple[NotesChapter, Bullet]] = field(default_factory=list)
    moved: list[tuple[SourceFact, list[int]]] = field(default_factory=list)
    lost: list[SourceFact] = field(default_factory=list)
    recheck: list[str] = field(default_factory=list)
    texts_changed: int = 0

    @property
    def changes(self) -> bool:
        new = any(chapter is None for _, chapter in self.chapters)
        return bool(new or self.candidates or self.moved or self.texts_changed)

    def lines(self) -> Iterator[str]:
        new = sum(chapter is None for _, chapter in self.chapters)
        yield f"chapters   {new} new, {len(self.chapters) - new} known"
        yield f"text       {self.texts_changed} chapters changed"
        yield f"candidates {len(self.candidates)} new"
        yield f"facts      {len(self.moved)} moved, {len(self.lost)} no longer in the notes"
        for fact in self.lost:
            yield f"  {fact.code} (lines {fact.notes_lines}): {fact.quote[:80]}"
        if self.recheck:
            yield f"questions to check again: {', '.join(self.recheck)}"


def plan(subject: Subject, chapters: list[NotesChapter]) -> NotesPlan:
    """Compare the notes with what the subject holds. Writes nothing."""
    known = {chapter.number: chapter for chapter in subject.chapters.all()}
    result = NotesPlan(subject, [(notes, known.get(notes.number)) for notes in chapters])
    stored = {
        kept.chapter_id: kept for kept in ChapterNotes.objects.filter(chapter__subject=subject)
    }
    facts = list(SourceFact.objects.filter(chapter__subject=subject, origin="notes"))
    for notes, chapter in result.chapters:
        before = stored.get(chapter.pk) if chapter else None
        result.texts_changed += before is None or (
            (before.markdown, before.first_line) != (notes.markdown, notes.first_line)
        )
        mine = [fact for fact in facts if chapter and fact.chapter_id == chapter.pk]
        _compare_facts(result, notes, mine, before)
    rest = Question.objects.published().filter(current_revision__facts__in=result.lost)
    result.recheck = sorted(set(rest.values_list("code", flat=True)))
    return result


def _compare_facts(
    result: NotesPlan, notes: NotesChapter, facts: list[SourceFact], before: ChapterNotes | None
) -> None:
    """Find each fact's words again, and the bullets that no fact speaks of."""
    squeezed = {notes.first_line + i: squeeze(line) for i, line in enumerate(notes.lines)}
    old = before.squeezed_lines() if before else squeezed
    spoken_of: set[int] = set()
    for fact in facts:
        places = _places(fact, squeezed, old)
        lines = fact.notes_lines
        if not places:
            result.lost.append(fact)
            continue
        if lines and not set(places) & set(lines):
            lines = _shifted(fact, places[0])
            result.moved.append((fact, lines))
        spoken_of.update(places, lines)
    known = {fact.code for fact in facts}
    for bullet in notes.bullets:
        if bullet.line not in spoken_of and code_of(bullet) not in known:
            result.candidates.append((notes, bullet))


def _places(fact: SourceFact, lines: Mapping[int, str], old: Mapping[int, str]) -> list[int]:
    """The lines where the fact's first words stand; a quote joins lines by " / ".

    A quote that is put together from pieces is looked for by the line it was taken from.
    """
    words = squeeze(fact.quote.split(" / ")[0].removesuffix("..."))
    if fact.notes_lines and not any(words in line for line in old.values()):
        words = old.get(min(fact.notes_lines), "")
    return [number for number, line in lines.items() if words and words in line]


def _shifted(fact: SourceFact, first: int) -> list[int]:
    by = first - min(fact.notes_lines)
    return [line + by for line in fact.notes_lines]


def code_of(bullet: Bullet) -> str:
    return f"N{bullet.fingerprint}"


def apply(result: NotesPlan) -> None:
    """Write the plan in one transaction."""
    with transaction.atomic():
        made = {}
        for notes, chapter in result.chapters:
            made[notes.number] = chapter = chapter or _new_chapter(result.subject, notes)
            ChapterNotes.objects.update_or_create(
                chapter=chapter,
                defaults={"markdown": notes.markdown, "first_line": notes.first_line},
            )
        SourceFact.objects.bulk_create(
            [_candidate(made[notes.number], bullet) for notes, bullet in result.candidates],
            ignore_conflicts=True,  # the same bullet twice in a section is one candidate
        )
        for fact, lines in result.moved:
            fact.notes_lines = lines
            fact.save(update_fields=["notes_lines"])


def _new_chapter(subject: Subject, notes: NotesChapter) -> Chapter:
    slug = slugify(notes.title)[:40] or f"chapter-{notes.number}"
    if subject.chapters.filter(slug=slug).exists():
        slug = f"{slug[:36]}-{notes.number}"
    korean = bool(HANGUL.search(notes.title))
    return Chapter.objects.create(
        subject=subject,
        number=notes.number,
        slug=slug,
        title_en=notes.title[:200],
        title_ko=notes.title[:200] if korean else "",
    )


def _candidate(chapter: Chapter, bullet: Bullet) -> SourceFact:
    korean = bool(HANGUL.search(bullet.text))
    return SourceFact(
        chapter=chapter,
        code=code_of(bullet),
        origin=SourceFact.Origin.NOTES,
        section=bullet.section[:300],
        quote=bullet.text,
        notes_lines=[bullet.line],
        statement_en="" if korean else bullet.text,
        statement_ko=bullet.text if korean else "",
        verdict=SourceFact.Verdict.CANDIDATE,
    )


def store(subject: Subject, chapters: list[NotesChapter]) -> bool:
    """Keep just the text of the notes with the subject's chapters; True when it changed."""
    result = plan(subject, chapters)
    result.candidates, result.moved = [], []
    if changed := result.changes:
        apply(result)
    return changed


def text_of(subject: Subject) -> str:
    """The notes as one Markdown text, as they were imported."""
    kept = ChapterNotes.objects.filter(chapter__subject=subject).order_by("chapter__number")
    return "\n".join(notes.markdown for notes in kept)

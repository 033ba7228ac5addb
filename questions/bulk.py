"""Many questions at once: what ``save()`` does for one, in a handful of statements.

The callers (the loader of bank files, the sheet import) check the records first
(``content.complaints``, ``Places.unknown``) and open the transaction.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Model

from questions import content
from questions.content import Record
from questions.models import (
    Chapter,
    Choice,
    Objective,
    Question,
    QuestionRevision,
    Reference,
    RevisionFact,
    SourceFact,
    Subject,
    Tag,
)
from questions.models.question import render_all

# SQLite takes 250,000 parameters to a statement at most; a revision has fewer than 20.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Places:
    """What records name by code, fetched once per subject."""

    subject: Subject
    chapters: dict[str, Chapter]
    objectives: dict[str, Objective]
    facts: dict[str, SourceFact]
    tags: dict[str, Tag]

    @classmethod
    def of(cls, subject: Subject) -> Places:
        objectives = Objective.objects.filter(domain__subject=subject).select_related("domain")
        facts = SourceFact.objects.filter(chapter__subject=subject).only("code", "chapter")
        return cls(
            subject,
            {chapter.slug: chapter for chapter in subject.chapters.all()},
            {objective.code: objective for objective in objectives},
            {fact.code: fact for fact in facts},
            {tag.slug: tag for tag in subject.tags.all()},
        )

    def unknown(self, record: Record) -> list[str]:
        """Complaints about objectives and facts that the subject does not have."""
        return unknown_names(record, self.objectives, self.facts)

    def add_tags(self, slugs: Iterable[str]) -> None:
        """Create the tags that the subject does not have yet."""
        missing = sorted(set(slugs) - set(self.tags))
        for tag in Tag.objects.bulk_create(Tag(subject=self.subject, slug=s) for s in missing):
            self.tags[tag.slug] = tag


def unknown_names(record: Record, objectives: Container[str], facts: Container[str]) -> list[str]:
    """Complaints about objectives and facts that a record names and nobody knows."""
    named = [("objective", record["objective"])]
    named += [("objectives", code) for code in record["objectives"]]
    found = [f"{name}: no objective {code!r}" for name, code in named if code not in objectives]
    for name in ("deciding_facts", "supporting_facts"):
        found += [f"{name}: no fact {code!r}" for code in record[name] if code not in facts]
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on its way into a question: ``number`` is the revision's number to be."""

    question: Question
    record: Record
    number: int = 1


# --- questions ------------------------------------------------------------------------


def identity(record: Record, chapter: Chapter, places: Places) -> dict[str, Any]:
    """The columns of ``Question`` that a record sets."""
    return {
        "chapter": chapter,
        "objective": places.objectives[record["objective"]],
        "difficulty": record["difficulty"],
        "exclusion_group": record["exclusion_group"],
        "is_sample": record["sample"],
    }


def build_question(record: Record, chapter: Chapter, places: Places) -> Question:
    """An unsaved question."""
    question = Question(code=record["code"], **identity(record, chapter, places))
    question.derive()
    return question


def insert_questions(questions: Sequence[Question]) -> None:
    Question.objects.bulk_create(questions, BATCH)


def apply_identity(question: Question, record: Record, chapter: Chapter, places: Places) -> bool:
    """Set the record's identity on a stored question; True when a column changed."""
    changed = False
    for name, value in identity(record, chapter, places).items():
        before = getattr(question, name)
        setattr(question, name, value)
        changed |= before != value
    question.derive()
    return changed


def save_identity(questions: Sequence[Question]) -> None:
    columns = ["chapter", "objective", "domain", "difficulty", "exclusion_group", "is_sample"]
    Question.objects.bulk_update(questions, columns, BATCH)


def link_all(entries: Sequence[Entry], places: Places) -> set[int]:
    """Make objectives and tags those of the records; gives the questions that changed."""
    places.add_tags(slug for entry in entries for slug in entry.record["tags"])
    changed = set()
    for model, target, name, known in (
        (Question.further_objectives.through, "objective_id", "objectives", places.objectives),
        (Question.tags.through, "tag_id", "tags", places.tags),
    ):
        wanted = {
            (entry.question.pk, known[code].pk)
            for entry in entries
            for code in entry.record[name]
            if code != entry.record["objective"]
        }
        changed |= _sync(model, target, [entry.question.pk for entry in entries], wanted)
    return changed


def _sync(model: type[Model], target: str, of: list[int], wanted: set[tuple[int, int]]) -> set[int]:
    rows = model._default_manager.filter(question_id__in=of)
    there = {(question, other): pk for pk, question, other in
             rows.values_list("pk", "question_id", target)}  # fmt: skip
    gone = set(there) - wanted
    model._default_manager.filter(pk__in=[there[pair] for pair in gone]).delete()
    new = sorted(wanted - set(there))
    model._default_manager.bulk_create(
        [model(**{"question_id": question, target: other}) for question, other in new], BATCH
    )
    return {question for question, _ in gone | set(new)}


# --- revisions ------------------------------------------------------------------------


def insert_revisions(entries: Sequence[Entry], places: Places) -> list[QuestionRevision]:
    """Insert a draft revision with all its parts for each entry."""
    revisions = [
        QuestionRevision(question=entry.question, number=entry.number) for entry in entries
    ]
    for revision, entry in zip(revisions, entries, strict=True):
        fill(revision, entry.record)
    QuestionRevision.objects.bulk_create(revisions, BATCH)
    insert_parts(revisions, [entry.record for entry in entries], places)
    return revisions


def fill(revision: QuestionRevision, record: Record) -> None:
    """Put the record's own texts into a draft; its parts are rows of their own."""
    for name in content.TEXTS:
        for language in ("en", "ko"):
            setattr(revision, f"{name}_{language}", record[f"{name}_{language}"])
    revision.pick_count = sum(choice["key"] for choice in record["choices"])
    revision.fingerprint = content.fingerprint(record)
    revision.render()


def insert_parts(
    revisions: Sequence[QuestionRevision], records: Sequence[Record], places: Places
) -> None:
    """Insert choices, facts and references of drafts that are stored themselves."""
    pairs = list(zip(revisions, records, strict=True))
    choices = [choice for pair in pairs for choice in _choices(*pair)]
    render_all(choices)
    Choice.objects.bulk_create(choices, BATCH)
    links = [link for pair in pairs for link in _fact_links(*pair, places)]
    RevisionFact.objects.bulk_create(links, BATCH)
    references = [reference for pair in pairs for reference in _references(*pair)]
    Reference.objects.bulk_create(references, BATCH)


def _choices(revision: QuestionRevision, record: Record) -> list[Choice]:
    texts = [name for name in content.CHOICE_SHAPE if name != "key"]
    return [
        Choice(
            revision=revision,
            position=position,
            is_key=choice["key"],
            **{name: choice[name] for name in texts},
        )
        for position, choice in enumerate(record["choices"], 1)
    ]


def _fact_links(revision: QuestionRevision, record: Record, places: Places) -> list[RevisionFact]:
    return [
        RevisionFact(revision=revision, fact=places.facts[code], deciding=deciding)
        for name, deciding in (("deciding_facts", True), ("supporting_facts", False))
        for code in record[name]
    ]


def _references(revision: QuestionRevision, record: Record) -> list[Reference]:
    return [
        Reference(
            revision=revision,
            url=reference["url"],
            checked_on=date.fromisoformat(reference["checked_on"]),
        )
        for reference in record["references"]
    ]


def replace_drafts(drafts: Sequence[QuestionRevision], records: Sequence[Record],
                   places: Places) -> None:  # fmt: skip
    """Make stored drafts say what the records say."""
    for draft, record in zip(drafts, records, strict=True):
        fill(draft, record)
    texts = [f"{name}_{language}" for name in content.TEXTS for language in ("en", "ko")]
    html = [f"{name}_html_{lang}" for name in ("stem", "explanation") for lang in ("en", "ko")]
    columns = [*texts, *html, "pick_count", "fingerprint"]
    QuestionRevision.objects.bulk_update(drafts, columns, BATCH)
    for part in (Choice, RevisionFact, Reference):
        part.objects.filter(revision__in=drafts).delete()
    insert_parts(drafts, records, places)


def publish(revisions: Sequence[QuestionRevision], now: datetime) -> None:
    """Freeze complete drafts and make them current: a few statements, whatever their number."""
    ids = [revision.pk for revision in revisions]
    QuestionRevision.objects.filter(pk__in=ids).update(published_at=now)
    # Each value written out: a subquery per question is a scan per question where PostgreSQL
    # still believes the tables to be small, as it does after the first large import.
    current = [Question(pk=r.question_id, current_revision_id=r.pk) for r in revisions]
    Question.objects.bulk_update(current, ["current_revision"], BATCH)


def next_numbers(questions: Iterable[Question]) -> dict[int, int]:
    """By question id, the number of its next revision."""
    last = QuestionRevision.objects.filter(question__in=list(questions)).order_by()
    rows = last.values_list("question").annotate(n=Max("number"))
    return {question: number + 1 for question, number in rows}

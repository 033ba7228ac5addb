"""Bank files into the database and back. Loading the same files twice changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model

from questions import bulk, content
from questions.bank_files import (
    CHAPTER_SHAPE,
    FACT_SHAPE,
    OBJECTIVE_SHAPE,
    SUBJECT_FORMAT,
    BankFileError,
    Row,
    SubjectFiles,
)
from questions.content import Record
from questions.models import (
    Chapter,
    Domain,
    Objective,
    Question,
    QuestionRevision,
    SourceFact,
    Subject,
)

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"


@dataclass(slots=True)
class Report:
    """What loading did: by kind of row, how many were created, changed and unchanged."""

    tallies: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, kind: str, outcome: str, n: int = 1) -> None:
        self.tallies[kind][outcome] += n

    def lines(self) -> Iterator[str]:
        for kind, tally in self.tallies.items():
            counts = ", ".join(f"{tally[outcome]} {outcome}"
                               for outcome in (CREATED, CHANGED, UNCHANGED))  # fmt: skip
            yield f"{kind:<11}{counts}"


def load(files: SubjectFiles, now: datetime) -> Report:
    """Make the database say what the files say; changed content becomes a new revision.

    Each chapter of questions is a transaction of its own, so that answers being saved never
    wait for long. The files were checked before, and codes that clash with the database are
    refused before the first write. Raises BankFileError.
    """
    _refuse_strangers(files)
    _refuse_unknown(files)
    report = Report()
    with transaction.atomic():
        subject = _load_subject(files.subject, report)
        _load_facts(subject, files, report)
    places = bulk.Places.of(subject)
    for slug, records in files.questions.items():
        with transaction.atomic():
            _load_questions(places, places.chapters[slug], records, now, report)
    return report


def _refuse_strangers(files: SubjectFiles) -> None:
    """Question codes are unique over all subjects, and are never reused."""
    codes = [record["code"] for records in files.questions.values() for record in records]
    others = Question.objects.exclude(chapter__subject__code=files.subject["code"])
    taken = others.filter(code__in=codes).values_list("code", flat=True)
    if taken:
        raise BankFileError([f"question {code}: belongs to another subject" for code in taken])


def _refuse_unknown(files: SubjectFiles) -> None:
    """What facts and questions name has to stand in the files, or in the database already."""
    subject = files.subject["code"]
    objectives = {o["code"] for domain in files.subject["domains"] for o in domain["objectives"]}
    facts = set(
        SourceFact.objects.filter(chapter__subject__code=subject).values_list("code", flat=True)
    )
    facts |= {row["code"] for rows in files.facts.values() for row in rows}
    found = [
        f"fact {row['code']}: objectives: no objective {code!r}"
        for rows in files.facts.values()
        for row in rows
        for code in row["objectives"]
        if code not in objectives
    ]
    for records in files.questions.values():
        for record in records:
            unknown = bulk.unknown_names(record, objectives, facts)
            found += [f"question {record['code']}: {complaint}" for complaint in unknown]
    if found:
        raise BankFileError(found)


# --- the subject and its facts --------------------------------------------------------


def _load_subject(row: Row, report: Report) -> Subject:
    titles = {name: row[name] for name in ("title_en", "title_ko", "summary_en", "summary_ko")}
    subject = _keep(report, "subject", Subject, {"code": row["code"]}, titles)
    for part in row["domains"]:
        values = {"name_en": part["name_en"], "name_ko": part["name_ko"],
                  "weight": Decimal(part["weight"])}  # fmt: skip
        domain = _keep(
            report, "domains", Domain, {"subject": subject, "number": part["number"]}, values
        )
        for objective in part["objectives"]:
            _load_objective(subject, domain, objective, report)
    for chapter in row["chapters"]:
        key = {"subject": subject, "slug": chapter["slug"]}
        values = {name: chapter[name] for name in CHAPTER_SHAPE if name != "slug"}
        _keep(report, "chapters", Chapter, key, values)
    return subject


def _load_objective(subject: Subject, domain: Domain, row: Row, report: Report) -> None:
    """An objective's code is unique in the subject, so it can move to another domain."""
    known = Objective.objects.filter(domain__subject=subject, code=row["code"]).first()
    key = {"pk": known.pk} if known else {"code": row["code"], "domain": domain}
    values = {name: row[name] for name in OBJECTIVE_SHAPE} | {"domain": domain}
    _keep(report, "objectives", Objective, key, values)


def _keep(
    report: Report, kind: str, model: type[Any], key: dict[str, Any], values: dict[str, Any]
) -> Any:
    """Create or update one row, and count which. Raises BankFileError for bad values."""
    found = model.objects.filter(**key).first()
    instance = found or model(**key)
    changed = _assign(instance, values)
    if found and not changed:
        report.count(kind, UNCHANGED)
        return found
    found_fault = content.column_complaints(instance, [f.name for f in instance._meta.fields])
    if found_fault:
        raise BankFileError([f"{kind} {instance}: {complaint}" for complaint in found_fault])
    instance.save()
    report.count(kind, CHANGED if found else CREATED)
    return instance


def _assign(instance: Model, values: Mapping[str, Any]) -> bool:
    changed = False
    for name, value in values.items():
        changed |= getattr(instance, name, None) != value
        setattr(instance, name, value)
    return changed


def _load_facts(subject: Subject, files: SubjectFiles, report: Report) -> None:
    chapters = {chapter.slug: chapter for chapter in subject.chapters.all()}
    objectives = {o.code: o for o in Objective.objects.filter(domain__subject=subject)}
    known = {fact.code: fact for fact in SourceFact.objects.filter(chapter__subject=subject)}
    created: list[SourceFact] = []
    changed: list[SourceFact] = []
    linked = {}
    for slug, rows in files.facts.items():
        for row in rows:
            fact = known.get(row["code"]) or SourceFact(code=row["code"])
            linked[row["code"]] = {objectives[code].pk for code in row["objectives"]}
            if _assign(fact, _fact_values(row) | {"chapter": chapters[slug]}):
                (changed if fact.pk else created).append(fact)
            known[row["code"]] = fact
    SourceFact.objects.bulk_create(created, bulk.BATCH)
    columns = [*_FACT_COLUMNS, "chapter"]
    SourceFact.objects.bulk_update(changed, columns, bulk.BATCH)
    touched = {fact.pk for fact in changed} | _link_facts(known, linked)
    new = {fact.pk for fact in created}
    report.count("facts", CREATED, len(new))
    report.count("facts", CHANGED, len(touched - new))
    report.count("facts", UNCHANGED, len(linked) - len(touched | new))


_FACT_COLUMNS = [name for name in FACT_SHAPE if name not in {"code", "objectives"}]


def _fact_values(row: Row) -> dict[str, Any]:
    values = {name: row[name] for name in _FACT_COLUMNS}
    return values | {"checked_on": date.fromisoformat(row["checked_on"])}


def _link_facts(facts: Mapping[str, SourceFact], linked: Mapping[str, set[int]]) -> set[int]:
    """Make the facts' objectives those of the files; gives the facts that changed."""
    through = SourceFact.objectives.through
    of = {facts[code].pk for code in linked}
    wanted = {(facts[code].pk, other) for code, others in linked.items() for other in others}
    rows = through.objects.filter(sourcefact_id__in=of)
    there = set(rows.values_list("sourcefact_id", "objective_id"))
    for fact, objective in there - wanted:
        through.objects.filter(sourcefact_id=fact, objective_id=objective).delete()
    through.objects.bulk_create(
        [through(sourcefact_id=f, objective_id=o) for f, o in sorted(wanted - there)], bulk.BATCH
    )
    return {fact for fact, _ in there ^ wanted}


# --- questions ------------------------------------------------------------------------


def _load_questions(
    places: bulk.Places, chapter: Chapter, records: list[Record], now: datetime, report: Report
) -> None:
    codes = [record["code"] for record in records]
    stored = Question.objects.filter(code__in=codes).select_related("chapter", "objective")
    known = {question.code: question for question in stored}
    new = [
        bulk.build_question(record, chapter, places)
        for record in records
        if record["code"] not in known
    ]
    bulk.insert_questions(new)
    moved = [
        known[record["code"]]
        for record in records
        if record["code"] in known
        and bulk.apply_identity(known[record["code"]], record, chapter, places)
    ]
    bulk.save_identity(moved)
    questions = known | {question.code: question for question in new}
    entries = [bulk.Entry(questions[record["code"]], record) for record in records]
    touched = bulk.link_all(entries, places) | {question.pk for question in moved}
    touched |= _load_contents(entries, places, now)
    created = {question.pk for question in new}
    report.count("questions", CREATED, len(created))
    report.count("questions", CHANGED, len(touched - created))
    report.count("questions", UNCHANGED, len(entries) - len(touched | created))


def _load_contents(entries: list[bulk.Entry], places: bulk.Places, now: datetime) -> set[int]:
    """Publish a revision for content that its question has not had; gives those questions.

    Content that an earlier revision has had is left alone: what was edited on the site since
    is newer than the file.
    """
    questions = [entry.question for entry in entries]
    published = QuestionRevision.objects.filter(
        question__in=questions, published_at__isnull=False
    ).values_list("question", "fingerprint")
    known = set(published)
    numbers = bulk.next_numbers(questions)
    fresh = [
        bulk.Entry(entry.question, entry.record, numbers.get(entry.question.pk, 1))
        for entry in entries
        if (entry.question.pk, content.fingerprint(entry.record)) not in known
    ]
    bulk.publish(bulk.insert_revisions(fresh, places), now)
    return {entry.question.pk for entry in fresh}


# --- back to text ---------------------------------------------------------------------


def dump(subject: Subject) -> SubjectFiles:
    """The subject as files: published questions that are not retired, and all facts."""
    revisions = QuestionRevision.objects.filter(
        pk__in=Question.objects.askable().values("current_revision"),
        question__chapter__subject=subject,
    ).order_by("question__code")
    questions = defaultdict(list)
    for revision in content.with_content(revisions):
        questions[revision.question.chapter.slug].append(content.record(revision))
    facts = defaultdict(list)
    rows = SourceFact.objects.filter(chapter__subject=subject).order_by("code")
    rows = rows.exclude(verdict=SourceFact.Verdict.CANDIDATE)
    for fact in rows.select_related("chapter").prefetch_related("objectives"):
        facts[fact.chapter.slug].append(_fact_row(fact))
    return SubjectFiles(_subject_row(subject), dict(facts), dict(questions))


def _fact_row(fact: SourceFact) -> Row:
    values = {name: getattr(fact, name) for name in FACT_SHAPE if name != "objectives"}
    values["checked_on"] = fact.checked_on.isoformat() if fact.checked_on else ""
    return values | {"objectives": sorted(objective.code for objective in fact.objectives.all())}


def _subject_row(subject: Subject) -> Row:
    domains = [
        {
            "number": domain.number,
            "name_en": domain.name_en,
            "name_ko": domain.name_ko,
            "weight": int(domain.weight),
            "objectives": [
                {name: getattr(objective, name) for name in OBJECTIVE_SHAPE}
                for objective in domain.objectives.order_by("code")
            ],
        }
        for domain in subject.domains.order_by("number")
    ]
    chapters = [
        {name: getattr(chapter, name) for name in CHAPTER_SHAPE}
        for chapter in subject.chapters.order_by("number")
    ]
    names = ("code", "title_en", "title_ko", "summary_en", "summary_ko")
    head = {"format": SUBJECT_FORMAT} | {name: getattr(subject, name) for name in names}
    return head | {"domains": domains, "chapters": chapters}

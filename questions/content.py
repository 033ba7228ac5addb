"""The text form of a question: one JSON record, from and to revisions and drafts.

A record has identity fields (where the question stands) and content fields (what it says).
Content is what the fingerprint covers: a change of it is a new revision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Prefetch, QuerySet

from questions import shapes
from questions.item_writing import Draft, DraftChoice, Flaw, flaws
from questions.models import Question, QuestionRevision, Reference, RevisionFact, Tag

Record = dict[str, Any]

TEXTS = ("stem", "deciding_phrase", "explanation")
CHOICE_SHAPE: shapes.Shape = {
    "key": bool,
    "text_en": str,
    "text_ko": str,
    "rationale_en": str,
    "rationale_ko": str,
}
REFERENCE_SHAPE: shapes.Shape = {"url": str, "checked_on": str}
# In the order in which files have them.
SHAPE: shapes.Shape = {
    "code": str,
    "objective": str,
    "objectives": list,
    "deciding_facts": list,
    "supporting_facts": list,
    "difficulty": str,
    "exclusion_group": str,
    "sample": bool,
    "tags": list,
    "stem_en": str,
    "stem_ko": str,
    "deciding_phrase_en": str,
    "deciding_phrase_ko": str,
    "choices": list,
    "explanation_en": str,
    "explanation_ko": str,
    "references": list,
}
IDENTITY = (
    "code", "objective", "objectives", "difficulty", "exclusion_group", "sample", "tags",
)  # fmt: skip
CONTENT = tuple(name for name in SHAPE if name not in IDENTITY)


def complaints(record: Any) -> list[str]:
    """What keeps parsed JSON from being a record, each complaint naming its field."""
    found = shapes.complaints(record, SHAPE)
    if found:
        return found
    for name in ("objectives", "deciding_facts", "supporting_facts", "tags"):
        found += shapes.text_list(name, record[name])
    found += _repeated_facts(record)
    for name, shape in (("choices", CHOICE_SHAPE), ("references", REFERENCE_SHAPE)):
        for position, part in enumerate(record[name], 1):
            found += [f"{name}[{position}] {text}" for text in shapes.complaints(part, shape)]
    return found or _bad_values(record)


def _repeated_facts(record: Record) -> list[str]:
    supporting = record["supporting_facts"]
    both = [code for code in record["deciding_facts"] if code in supporting]
    return [f"supporting_facts: {code} is a deciding fact already" for code in both]


def _bad_values(record: Record) -> list[str]:
    columns = {"code": record["code"], "difficulty": record["difficulty"],
               "exclusion_group": record["exclusion_group"]}  # fmt: skip
    found = column_complaints(Question(**columns), columns)
    texts = {f"{name}_{language}": record[f"{name}_{language}"]
             for name in TEXTS for language in ("en", "ko")}  # fmt: skip
    found += column_complaints(QuestionRevision(**texts), texts)
    for slug in record["tags"]:
        found += [f"tags: {slug[:60]!r}: {c}" for c in column_complaints(Tag(slug=slug), ["slug"])]
    for position, reference in enumerate(record["references"], 1):
        url = column_complaints(Reference(url=reference["url"]), ["url"])
        found += [f"references[{position}] {complaint}" for complaint in url]
        found += shapes.iso_date(f"references[{position}] checked_on", reference["checked_on"])
    urls = [reference["url"] for reference in record["references"]]
    if len(set(urls)) < len(urls):
        found.append("references: the same address stands twice")
    return found


def column_complaints(instance: Model, columns: Iterable[str]) -> list[str]:
    """What the model's own columns say against the values given for them, by column."""
    names = set(columns)
    others = [field.name for field in instance._meta.fields if field.name not in names]
    try:
        instance.clean_fields(exclude=others)
    except ValidationError as error:
        return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    return []


def canonical(record: Record) -> Record:
    """The same record with its fields in file order and its unordered lists sorted."""
    ordered = {name: record[name] for name in SHAPE}
    ordered["objectives"] = sorted(set(record["objectives"]) - {record["objective"]})
    ordered["tags"] = sorted(record["tags"])
    ordered["choices"] = [
        {name: choice[name] for name in CHOICE_SHAPE} for choice in record["choices"]
    ]
    ordered["references"] = [
        {name: reference[name] for name in REFERENCE_SHAPE} for reference in record["references"]
    ]
    return ordered


def fingerprint(record: Record) -> str:
    """SHA-256 (64 hex digits) of the content fields as canonical JSON."""
    content = {name: record[name] for name in CONTENT}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def draft(record: Record) -> Draft:
    """The record as the item-writing rules read it."""
    texts = {name: _pair(record, name) for name in TEXTS}
    return Draft(
        code=record["code"],
        choices=[
            DraftChoice(_pair(choice, "text"), _pair(choice, "rationale"), choice["key"])
            for choice in record["choices"]
        ],
        objective=record["objective"],
        deciding_facts=record["deciding_facts"],
        references=[reference["url"] for reference in record["references"]],
        **texts,
    )


def _pair(fields: Record, name: str) -> dict[Any, str]:
    return {language: fields[f"{name}_{language}"] for language in ("en", "ko")}


def errors(record: Record) -> list[Flaw]:
    """The flaws that keep a record from being published."""
    return [flaw for flaw in flaws(draft(record)) if flaw.severity == "error"]


def with_content(revisions: QuerySet[QuestionRevision]) -> QuerySet[QuestionRevision]:
    """Fetch what ``record`` reads, in a fixed number of statements."""
    links = RevisionFact.objects.select_related("fact")
    return revisions.select_related(
        "question__objective__domain", "question__chapter"
    ).prefetch_related(
        "choices",
        "references",
        Prefetch("fact_links", links),
        "question__further_objectives",
        "question__tags",
    )


def record(revision: QuestionRevision) -> Record:
    """The revision and its question as one record, canonical. Fetch it ``with_content``."""
    question = revision.question
    links = revision.fact_links.all()
    return canonical(
        {
            "code": question.code,
            "objective": question.objective.code,
            "objectives": [objective.code for objective in question.further_objectives.all()],
            "deciding_facts": [link.fact.code for link in links if link.deciding],
            "supporting_facts": [link.fact.code for link in links if not link.deciding],
            "difficulty": question.difficulty,
            "exclusion_group": question.exclusion_group,
            "sample": question.is_sample,
            "tags": [tag.slug for tag in question.tags.all()],
            "choices": [_choice(choice) for choice in revision.choices.all()],
            "references": [
                {"url": reference.url, "checked_on": reference.checked_on.isoformat()}
                for reference in revision.references.all()
            ],
            **{
                f"{name}_{language}": getattr(revision, f"{name}_{language}")
                for name in TEXTS
                for language in ("en", "ko")
            },
        }
    )


def _choice(choice: Any) -> Record:
    texts = [name for name in CHOICE_SHAPE if name != "key"]
    return {"key": choice.is_key} | {name: getattr(choice, name) for name in texts}

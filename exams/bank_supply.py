"""What the blueprints ask of the bank, and what the bank has."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exams.domain import assembly
from exams.models import BlueprintSection, ExamBlueprint
from questions.item_writing import Flaw
from questions.models import Question, Subject

FULL_MOCK = "full-mock"
SEED = 720  # any fixed seed: the same bank gives the same figure


@dataclass(frozen=True, slots=True)
class Place:
    """Where an askable question stands, as far as sections can ask for it."""

    question: int
    group: str
    is_sample: bool
    domain: int
    chapter: int
    objective: int
    tags: frozenset[int]

    def fits(self, section: BlueprintSection) -> bool:
        return (
            section.domain_id in (None, self.domain)
            and section.chapter_id in (None, self.chapter)
            and section.objective_id in (None, self.objective)
            and (section.tag_id is None or section.tag_id in self.tags)
        )


def places(subject: Subject) -> list[Place]:
    """Every askable question of the subject, in two statements."""
    questions = Question.objects.askable().filter(chapter__subject=subject)
    tags: dict[int, set[int]] = {}
    through = Question.tags.through.objects.filter(question__in=questions)
    for question, tag in through.values_list("question_id", "tag_id"):
        tags.setdefault(question, set()).add(tag)
    return [
        Place(
            question=question.pk,
            group=question.exclusion_group,
            is_sample=question.is_sample,
            domain=question.domain_id,
            chapter=question.chapter_id,
            objective=question.objective_id,
            tags=frozenset(tags.get(question.pk, ())),
        )
        for question in questions.order_by("pk")
    ]


def shortages(
    blueprints: Iterable[ExamBlueprint], subject_places: Sequence[Place]
) -> Iterator[Flaw]:
    """An error for each blueprint that the bank cannot fill, or whose sections do not add up."""
    for blueprint in blueprints:
        if complaint := shortage(blueprint, subject_places):
            yield Flaw(blueprint.code, "blueprint", complaint)


def shortage(blueprint: ExamBlueprint, subject_places: Sequence[Place]) -> str:
    """What keeps a form of the blueprint from being assembled; empty when nothing does."""
    sections = list(blueprint.sections.all())
    if not sections:
        return "The blueprint has no section."
    try:
        quotas = _quotas(blueprint, sections)
        pool = _candidates(blueprint, sections, subject_places)
        assembly.assemble(quotas, pool, blueprint.unscored_count, random.Random(SEED))
    except assembly.BlueprintError as error:
        return str(error)
    except assembly.Shortage as error:
        name = sections[error.section].name
        return f"{name}: the quota is {error.quota} items, the bank has {error.found}."
    return ""


def disjoint_full_forms(blueprint: ExamBlueprint, subject_places: Sequence[Place]) -> int:
    """How many forms that share no question the bank gives; a greedy lower bound."""
    sections = list(blueprint.sections.all())
    pool = _candidates(blueprint, sections, subject_places)
    return assembly.disjoint_forms(_quotas(blueprint, sections), pool, random.Random(SEED))


def _quotas(blueprint: ExamBlueprint, sections: Sequence[BlueprintSection]) -> list[int]:
    specs = [assembly.SectionSpec(section.count, section.weight) for section in sections]
    return assembly.quotas(specs, blueprint.item_count)


def _candidates(
    blueprint: ExamBlueprint,
    sections: Sequence[BlueprintSection],
    subject_places: Sequence[Place],
) -> list[assembly.Candidate]:
    found = []
    for place in subject_places:
        if place.is_sample != blueprint.samples_only:
            continue
        fitting = frozenset(i for i, section in enumerate(sections) if place.fits(section))
        if fitting:
            found.append(assembly.Candidate(place.question, 0, fitting, place.group))
    return found

"""The shared cast and a tiny subject: what most tests stand on.

``questions(subject, 200)`` publishes through the bulk writer: some 2 ms a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from exams.models import BlueprintSection, ExamBlueprint
from questions import bulk
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

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
WEIGHTS = (30, 26, 24, 20)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"learner{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        return model_class.objects.create_user(*args, **kwargs)

    @factory.post_generation
    def role(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        """``role="author"`` puts the user into that group."""
        if extracted:
            self.groups.add(Group.objects.get(name=extracted))


class SubjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subject
        django_get_or_create = ("code",)

    code = "tiny"
    title_en = "Tiny exam"
    title_ko = "작은 시험"


def subject(code: str = "tiny") -> Subject:
    """Four domains of the real weights with two objectives each, three chapters, eight facts."""
    made = SubjectFactory(code=code)
    for number, weight in enumerate(WEIGHTS, 1):
        domain = Domain.objects.create(
            subject=made, number=number, weight=weight,
            name_en=f"Domain {number}", name_ko=f"영역 {number}",
        )  # fmt: skip
        for part in (1, 2):
            Objective.objects.create(
                domain=domain, code=f"{number}.{part}",
                name_en=f"Objective {number}.{part}", name_ko=f"평가 목표 {number}.{part}",
            )  # fmt: skip
    for number in (1, 2, 3):
        Chapter.objects.create(
            subject=made, number=number, slug=f"chapter-{number}",
            title_en=f"Chapter {number}", title_ko=f"단원 {number}",
        )  # fmt: skip
    chapter = made.chapters.first()
    SourceFact.objects.bulk_create(fact(chapter, f"F{number:03d}") for number in range(1, 9))
    return made


def fact(chapter: Chapter, code: str, **columns: Any) -> SourceFact:
    """An unsaved, accurate fact of the notes."""
    values: dict[str, Any] = {
        "origin": SourceFact.Origin.NOTES,
        "quote": f"필기 {code}",
        "notes_lines": [7],
        "statement_en": f"Statement {code}.",
        "statement_ko": f"서술 {code}.",
        "verdict": SourceFact.Verdict.ACCURATE,
        "reference_url": "https://docs.example.com/page",
        "checked_on": date(2026, 6, 15),
    }
    return SourceFact(chapter=chapter, code=code, **(values | columns))


def record(number: int = 1, **changes: Any) -> Record:
    """A question without a flaw, as a record; questions of different numbers differ."""
    service = f"svc{number}"
    made: Record = {
        "code": f"q-{number:05d}",
        "objective": f"{number % 4 + 1}.{number % 2 + 1}",
        "objectives": [],
        "deciding_facts": [f"F{number % 8 + 1:03d}"],
        "supporting_facts": [],
        "difficulty": "medium",
        "exclusion_group": "",
        "sample": False,
        "tags": [],
        "stem_en": f"A company runs {service} on one server. Its disk is lost with the server."
        " The company wants to keep the data after a failure. Which change helps?",
        "stem_ko": f"한 회사가 서버 한 대에서 {service} 서비스를 운영합니다."
        " 서버가 사라지면 디스크도 사라집니다. 장애 후에도 데이터를 보존해야 합니다."
        " 어떤 변경이 도움이 됩니까?",
        "deciding_phrase_en": "keep the data after a failure",
        "deciding_phrase_ko": "장애 후에도 데이터를 보존해야",
        "choices": [
            choice("Move the files to a shared disk.", "파일을 공유 디스크로 옮깁니다.", key=True),
            choice("Start the server in another room.", "서버를 다른 방에서 다시 시작합니다."),
            choice("Give the server twice the memory.", "서버의 메모리를 두 배로 늘립니다."),
            choice("Send the traffic to a load balancer.", "트래픽을 로드 밸런서로 보냅니다."),
        ],
        "explanation_en": "Data that has to outlive a server is kept outside of it.",
        "explanation_ko": "서버보다 오래 남아야 하는 데이터는 서버 밖에 둡니다.",
        "references": [{"url": "https://docs.example.com/page", "checked_on": "2026-06-15"}],
    }
    return made | changes


def choice(english: str, korean: str, key: bool = False) -> Record:
    return {
        "key": key,
        "text_en": english,
        "text_ko": korean,
        "rationale_en": "It keeps the data." if key else "The data is lost all the same.",
        "rationale_ko": "데이터가 남습니다." if key else "데이터는 여전히 사라집니다.",
    }


def two_keys(number: int = 1, **changes: Any) -> Record:
    """A multiple-response question without a flaw: two keys of five choices."""
    made = record(number)
    second = choice("Copy the files to another site.", "파일을 다른 사이트로 복사합니다.", key=True)
    made["choices"] = [made["choices"][0], second, *made["choices"][1:]]
    made["stem_en"] = made["stem_en"].replace("Which change helps", "Which two changes help")
    made["stem_ko"] = made["stem_ko"].replace("어떤 변경이", "어떤 두 가지 변경이")
    return made | changes


def drafts(
    of: Subject, records: Sequence[Record], chapter: str = "chapter-1"
) -> list[QuestionRevision]:
    """Store the records as draft revisions of new questions."""
    places = bulk.Places.of(of)
    made = [bulk.build_question(r, places.chapters[chapter], places) for r in records]
    bulk.insert_questions(made)
    entries = [bulk.Entry(q, r) for q, r in zip(made, records, strict=True)]
    bulk.link_all(entries, places)
    return bulk.insert_revisions(entries, places)


def publish(
    of: Subject, records: Sequence[Record], chapter: str = "chapter-1", now: datetime = NOW
) -> list[Question]:
    """Store the records as published questions."""
    revisions = drafts(of, records, chapter)
    bulk.publish(revisions, now)
    codes = [made["code"] for made in records]
    return list(Question.objects.filter(code__in=codes).order_by("code"))


def questions(of: Subject, count: int, start: int = 1, **changes: Any) -> list[Question]:
    """``count`` published questions spread over domains and chapters; every sixth has two keys."""
    made: list[Question] = []
    for third in range(3):
        numbers = [n for n in range(start, start + count) if n % 3 == third]
        records = [(two_keys if n % 6 == 0 else record)(n, **changes) for n in numbers]
        made += publish(of, records, f"chapter-{third + 1}")
    return made


def blueprint(of: Subject, item_count: int = 20, **columns: Any) -> ExamBlueprint:
    """An open mock exam whose sections are the domains by weight."""
    values: dict[str, Any] = {
        "code": "full-mock", "title_en": "Full mock", "title_ko": "모의고사",
        "unscored_count": item_count // 4, "minutes": 40, "esl_minutes": 10,
    }  # fmt: skip
    made = ExamBlueprint.objects.create(subject=of, item_count=item_count, **(values | columns))
    BlueprintSection.objects.bulk_create(
        BlueprintSection(blueprint=made, position=n, domain=domain, weight=domain.weight)
        for n, domain in enumerate(of.domains.all(), 1)
    )
    made.opened_at = NOW
    made.save()
    return made

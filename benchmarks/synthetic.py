"""Large made-up data, written straight into SQLite: banks and finished attempts."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from exams.models import Attempt, AttemptItem, ExamBlueprint, Response, Result
from questions import guards
from questions.models import Choice, Domain, Question, QuestionRevision
from questions.models.question import draw_key

BATCH = 5000
ITEMS = 65


def grow_bank(total: int) -> None:
    """Add empty published questions until the bank has ``total``, spread over the objectives."""
    places = [
        (domain.pk, objective.pk, chapter)
        for domain in Domain.objects.prefetch_related("objectives")
        for objective in domain.objectives.all()
        for chapter in Question.objects.values_list("chapter", flat=True).distinct()[:1]
    ]
    missing = total - Question.objects.count()
    prefix = f"made-{total}"
    start = Question.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    revision = QuestionRevision.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    now = timezone.now()
    with transaction.atomic():
        _insert(Question, (
            {"id": start + i, "code": f"{prefix}-{i}", "domain_id": places[i % len(places)][0],
             "objective_id": places[i % len(places)][1], "chapter_id": places[i % len(places)][2],
             "difficulty": "medium", "exclusion_group": "", "is_sample": False,
             "draw_key": draw_key(f"{prefix}-{i}")}
            for i in range(missing)
        ))  # fmt: skip
        _insert(QuestionRevision, (
            {"id": revision + i, "question_id": start + i, "number": 1, "pick_count": 1,
             "fingerprint": "made", "created_at": now, "stem_en": "", "stem_ko": "",
             "deciding_phrase_en": "", "deciding_phrase_ko": "", "explanation_en": "",
             "explanation_ko": "", "stem_html_en": "", "stem_html_ko": "",
             "explanation_html_en": "", "explanation_html_ko": "", "change_note": ""}
            for i in range(missing)
        ))  # fmt: skip
        _insert(Choice, (
            {"revision_id": revision + i, "position": n, "is_key": n == 1}
            | {f"{name}_{language}": "" for language in ("en", "ko")
               for name in ("text", "rationale", "text_html", "rationale_html")}
            for i in range(missing) for n in (1, 2, 3, 4)
        ))  # fmt: skip
        made = f"id >= {revision}"
        _execute(f"UPDATE questions_questionrevision SET published_at = created_at WHERE {made}")
        _execute(
            "UPDATE questions_question SET current_revision_id ="
            f" id - {start} + {revision} WHERE id >= {start}"
        )
    _execute("ANALYZE")


def finished_attempts(count: int, learners: int) -> None:
    """``count`` scored full mocks with a response to every item, by so many learners."""
    blueprint = ExamBlueprint.objects.open().get(code="full-mock")
    paper = [
        (revision, list(Choice.objects.filter(revision=revision).values_list("pk", flat=True)))
        for revision in Question.objects.askable()
        .filter(is_sample=False)
        .values_list("current_revision", flat=True)[:600]
    ]
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"many-{n}", password="!") for n in range(learners)
    )
    all_guards = import_module("exams.migrations.0002_attempt_guards").GUARDS
    guards.remove(connection, all_guards)
    with transaction.atomic():
        rng = random.Random(1)
        base = AttemptItem.objects.count() + Response.objects.count()
        rows = [_attempt(rng, n, users[n % learners].pk, blueprint.pk) for n in range(count)]
        _insert(Attempt, (row["attempt"] for row in rows))
        _insert(AttemptItem, (item for row in rows for item in _items(rng, row, paper, base)))
        _insert(Response, (response for row in rows for response in row["responses"]))
        _insert(Result, (row["result"] for row in rows))
    guards.install(connection, all_guards)
    _execute("ANALYZE")


def _attempt(rng: random.Random, n: int, user: int, blueprint: int) -> dict[str, Any]:
    started = timezone.now() - timedelta(days=400) + timedelta(minutes=50 * n)
    deadline = started + timedelta(minutes=130)
    return {
        "n": n,
        "ability": rng.gauss(0.7, 0.12),
        "attempt": {
            "id": uuid.UUID(int=rng.getrandbits(128)), "user_id": user, "guest_key": "",
            "blueprint_id": blueprint, "number": n + 1, "mode": "exam", "accommodation": "x1",
            "seed": n, "state": "scored", "reused_count": 0, "is_simulated": False,
            "started_at": started, "deadline": deadline,
            "grace_until": deadline + timedelta(seconds=5), "closed_at": deadline,
            "closed_by": "owner", "rev": ITEMS,
        },
    }  # fmt: skip


def _items(
    rng: random.Random, row: dict[str, Any], paper: list[tuple[int, list[int]]], base: int
) -> Iterator[dict[str, Any]]:
    attempt = row["attempt"]
    first = base + row["n"] * ITEMS
    right = 0
    row["responses"] = []
    for position, (revision, choices) in enumerate(rng.sample(paper, ITEMS), 1):
        awarded = int(rng.random() < row["ability"])
        right += awarded if position <= 50 else 0
        key = first + position
        row["responses"].append({
            "id": key, "attempt_id": attempt["id"], "item_id": key, "client_id": "made",
            "seq": position, "rev": position, "selected": [choices[0]], "flagged": False,
            "struck": [], "language": "ko", "shown_ms": 90_000,
            "received_at": attempt["started_at"],
        })  # fmt: skip
        yield {
            "id": key, "attempt_id": attempt["id"], "position": position,
            "revision_id": revision, "choice_order": choices, "unscored": position > 50,
            "first_look": True, "awarded": awarded, "final_response_id": key,
        }  # fmt: skip
    row["result"] = {
        "attempt_id": attempt["id"], "version": 1, "raw": right, "maximum": 50,
        "scaled": 100 + 18 * right, "passed": right >= 36, "reason": "", "at": attempt["closed_at"],
    }  # fmt: skip


def _insert(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Many rows through one prepared statement; missing columns stay at their null."""
    batch: list[list[Any]] = []
    sql, fields = "", []
    with connection.cursor() as cursor:
        for row in rows:
            if not sql:
                fields = [model._meta.get_field(name) for name in row]
                columns = ", ".join(field.column for field in fields)
                places = ", ".join(["%s"] * len(fields))
                sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({places})"
            values = zip(fields, row.values(), strict=True)
            batch.append([field.get_db_prep_save(value, connection) for field, value in values])
            if len(batch) >= BATCH:
                cursor.executemany(sql, batch)
                batch = []
        if batch:
            cursor.executemany(sql, batch)


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

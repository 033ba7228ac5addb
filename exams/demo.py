"""A learner with months of simulated history, sat through the real engine with a seed.

Every attempt it makes is labelled as simulated and so are the pages that show it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from exams import attempts, marking
from exams.models import Attempt, ExamBlueprint, Owner
from exams.protocol import Batch, Entry, Submission
from exams.queries.paper import PaperItem, paper

DIFFICULTY = {"easy": -0.7, "medium": 0.0, "hard": 0.7}
START_ABILITY = 0.1
GROWTH = 0.13  # logits an attempt
SPREAD = 0.6  # of the chapters around the learner's ability


def sit(
    owner: Owner,
    blueprint: ExamBlueprint,
    *,
    mode: str,
    ability: Mapping[int, float],
    seed: int,
    started: datetime,
) -> Attempt:
    """One simulated sitting: ``ability`` in logits by chapter id (Rasch model).

    About one item in thirty stays blank and one in ten is flagged.
    """
    rng = random.Random(seed)
    accommodation = "x1"
    attempt = attempts.start(
        owner,
        blueprint,
        mode=mode,
        accommodation=accommodation,
        seed=seed,
        now=started,
        simulated=True,
    )
    sheet = paper(attempt)
    keys = marking.keys_in_force([item.item.revision_id for item in sheet.items])
    now = started
    for seq, item in enumerate(sheet.items, 1):
        seconds = rng.lognormvariate(4.2, 0.45) * blueprint.minutes / blueprint.item_count / 2
        now += timedelta(seconds=min(seconds, 240))
        entry = _answer(item, keys[item.item.revision_id].keys, ability, seq, seconds, rng)
        if entry is not None and attempt.accepts(now):
            attempts.save(owner, attempt.pk, Batch("simulated", seq - 1, (entry,)), arrival=now)
    ends = now if attempt.deadline is None else min(now, attempt.deadline)
    return attempts.submit(owner, attempt.pk, Submission("simulated", {}, False), arrival=ends)


def _answer(
    item: PaperItem,
    keys: frozenset[int],
    ability: Mapping[int, float],
    seq: int,
    seconds: float,
    rng: random.Random,
) -> Entry | None:
    if rng.random() < 1 / 30:
        return None
    question = item.item.revision.question
    logit = ability.get(question.chapter_id, 0.0) - DIFFICULTY[question.difficulty]
    logit -= 0.4 * item.is_multiple
    right = rng.random() < 1 / (1 + math.exp(-logit))
    key_numbers = [n for n, pk in enumerate(item.item.choice_order, 1) if pk in keys]
    numbers = [choice.number for choice in item.choices]
    picked = key_numbers
    while not right and sorted(picked) == key_numbers:
        picked = rng.sample(numbers, item.pick_count)
    return Entry(
        item=item.position,
        seq=seq,
        selected=tuple(sorted(picked)),
        flagged=rng.random() < 0.1,
        sure=rng.choice([True, True, False, None]) if right else rng.choice([True, False, False]),
        language="ko" if rng.random() < 0.85 else "en",
        shown_ms=int(seconds * 1000),
    )


def history(user: Any, blueprints: Mapping[str, ExamBlueprint], now: datetime, seed: int) -> int:
    """Months of attempts that end a few days ago; returns how many were sat.

    Does nothing for a user who has attempts already.
    """
    owner = Owner(user=user)
    if Attempt.objects.owned_by(owner).exists():
        return 0
    rng = random.Random(seed)
    chapters = blueprints["full-mock"].subject.chapters.values_list("pk", flat=True)
    talent = {chapter: rng.gauss(0, SPREAD) for chapter in chapters}
    plan = _plan(rng, blueprints)
    for n, (days_ago, blueprint, mode) in enumerate(plan):
        ability = {c: START_ABILITY + GROWTH * n + own for c, own in talent.items()}
        started = now - timedelta(days=days_ago, minutes=rng.randrange(600))
        sit(owner, blueprint, mode=mode, ability=ability, seed=rng.getrandbits(60), started=started)
    return len(plan)


def _plan(
    rng: random.Random, blueprints: Mapping[str, ExamBlueprint]
) -> list[tuple[float, ExamBlueprint, str]]:
    """What is sat how many days ago, oldest first: quizzes between mocks, some in tutor mode."""
    quizzes = sorted(code for code in blueprints if code.startswith("quiz-"))
    plan: list[tuple[float, ExamBlueprint, str]] = []
    for days_ago, code in ((96, "half-mock"), (68, "full-mock"), (40, "half-mock"),
                           (19, "full-mock"), (3, "full-mock")):  # fmt: skip
        for step in range(2):
            quiz = blueprints[rng.choice(quizzes)]
            plan.append((days_ago + 9 - 4 * step, quiz, rng.choice(["exam", "tutor"])))
        plan.append((days_ago, blueprints[code], "exam"))
    return plan

"""The demo's learner has months of attempts, sat by the real engine and labelled as simulated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from exams import demo
from exams.models import Attempt, ExamBlueprint, Owner
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def blueprints(bank: Callable[..., Any], subject: Any) -> dict[str, ExamBlueprint]:
    bank(40)
    sizes = {"full-mock": 12, "half-mock": 8, "quiz-one": 4}
    return {n: factories.blueprint(subject, item_count=size, code=n) for n, size in sizes.items()}


def results(user: Any) -> list[Any]:
    attempts = Attempt.objects.owned_by(Owner(user=user)).order_by("started_at")
    return list(attempts.values_list("started_at", "blueprint__code", "results__raw"))


def test_a_history_of_months_that_ends_a_few_days_ago(
    learner: Any, blueprints: dict[str, ExamBlueprint]
) -> None:
    count = demo.history(learner, blueprints, NOW, seed=1)
    attempts = Attempt.objects.owned_by(Owner(user=learner))
    assert attempts.count() == attempts.scored().count() == count
    assert all(attempt.is_simulated for attempt in attempts)
    assert min(a.started_at for a in attempts) < NOW - timedelta(days=90)
    assert all(a.closed_at is not None and a.closed_at < NOW for a in attempts)
    assert {attempt.mode for attempt in attempts} == {"exam", "tutor"}


def test_the_same_seed_gives_the_same_history(
    learner: Any, other_learner: Any, blueprints: dict[str, ExamBlueprint]
) -> None:
    demo.history(learner, blueprints, NOW, seed=7)
    demo.history(other_learner, blueprints, NOW, seed=7)
    assert results(learner) == results(other_learner)


def test_a_learner_with_attempts_is_left_alone(
    learner: Any, blueprints: dict[str, ExamBlueprint]
) -> None:
    demo.history(learner, blueprints, NOW, seed=1)
    before = results(learner)
    assert demo.history(learner, blueprints, NOW, seed=2) == 0
    assert results(learner) == before


@pytest.mark.usefixtures("blueprints")
def test_the_command_can_be_run_again(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    call_command("make_demo", stdout=StringIO())
    password = (tmp_path / "author-password").read_text()
    author = get_user_model().objects.get(username="author")
    assert author.check_password(password)
    assert author.has_perm("questions.publish_question")
    assert not author.is_superuser
    out = StringIO()
    call_command("make_demo", stdout=out)
    assert out.getvalue() == "0 simulated attempts\n"
    assert (tmp_path / "author-password").read_text() == password
    assert (tmp_path / "author-password").stat().st_mode & 0o077 == 0


def test_no_demo_accounts_are_made_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.DEMO = settings.TESTING = False
    with pytest.raises(CommandError, match="demo only"):
        call_command("make_demo")
    assert not get_user_model().objects.exists()

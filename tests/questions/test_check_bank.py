"""The command over a stored bank: figures, exit status, and what the blueprints ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from questions.models import Choice, Subject
from tests import factories

pytestmark = pytest.mark.database

KEYS = {
    "questions", "published", "facts", "facts_testable", "facts_covered", "facts_uncovered",
    "facts_uncovered_exam_guide", "errors", "warnings", "per_chapter", "per_domain",
    "per_objective", "multiple_response_share", "scenario_share", "languages_complete_share",
    "key_longest_share", "key_position_share", "form_cue_guess_share", "disjoint_full_forms",
}  # fmt: skip


def check(code: str = "tiny") -> tuple[dict[str, Any], int]:
    """The JSON object and the exit status."""
    out = StringIO()
    try:
        call_command("check_bank", subject=code, json=True, stdout=out)
    except SystemExit as stop:
        return json.loads(out.getvalue()), int(stop.code or 0)
    return json.loads(out.getvalue()), 0


def test_the_json_object_has_every_key(subject: Subject, bank: Callable[..., Any]) -> None:
    bank(12)
    found, _ = check()
    assert set(found) >= KEYS
    assert (found["questions"], found["published"]) == (12, 12)
    assert found["languages_complete_share"] == 1.0


def test_drafts_are_counted_and_not_judged(subject: Subject) -> None:
    factories.publish(subject, [factories.record(1)])
    factories.drafts(subject, [factories.record(2, references=[])])
    found, status = check()
    assert (found["questions"], found["published"], status) == (2, 1, 0)


def test_retired_questions_are_not_judged(subject: Subject) -> None:
    published = factories.publish(subject, [factories.record(1, references=[])])
    assert check()[1] == 1
    published[0].retired_at = factories.NOW
    published[0].save()
    assert check()[1] == 0


def test_a_flaw_in_a_published_question_is_an_error_and_status_1(subject: Subject) -> None:
    factories.publish(subject, [factories.record(1, references=[])])
    found, status = check()
    assert status == 1
    assert found["errors"][0]["code"] == "q-00001"
    assert found["errors"][0]["rule"] == "missing-reference"


def test_raw_sql_that_changes_published_content_is_found(subject: Subject, unguarded: None) -> None:
    factories.publish(subject, [factories.record(1)])
    assert check()[1] == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE questions_choice SET text_en = 'Another text.' WHERE position = 2")
    found, status = check()
    assert status == 1
    assert [error["rule"] for error in found["errors"]] == ["fingerprint"]
    assert Choice.objects.filter(text_en="Another text.").exists()


def test_a_blueprint_that_the_bank_cannot_fill_is_an_error(subject: Subject) -> None:
    factories.publish(subject, [factories.record(n) for n in range(1, 9)])
    factories.blueprint(subject, item_count=12)
    found, status = check()
    assert status == 1
    blueprint = [error for error in found["errors"] if error["rule"] == "blueprint"]
    assert [error["code"] for error in blueprint] == ["full-mock"]
    assert found["disjoint_full_forms"] == 0


def test_disjoint_full_forms_are_counted_without_samples(subject: Subject) -> None:
    factories.publish(subject, [factories.record(n) for n in range(1, 41)])
    factories.publish(subject, [factories.record(n, sample=True) for n in range(41, 81)])
    factories.blueprint(subject, item_count=4)
    assert check()[0]["disjoint_full_forms"] == 10


def test_an_exclusion_group_counts_once(subject: Subject) -> None:
    made = [factories.record(n, exclusion_group="one-idea") for n in range(1, 41)]
    factories.publish(subject, made)
    factories.blueprint(subject, item_count=4)
    assert check()[0]["disjoint_full_forms"] == 0


def test_without_a_full_mock_the_figure_is_absent(subject: Subject) -> None:
    assert check()[0]["disjoint_full_forms"] is None


def test_the_table_names_the_findings(subject: Subject) -> None:
    factories.publish(subject, [factories.record(1, references=[])])
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_bank", subject="tiny", stdout=out)
    assert "errors: 1" in out.getvalue()
    assert "missing-reference" in out.getvalue()


def test_an_unknown_subject_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="no subject 'nowhere'"):
        call_command("check_bank", subject="nowhere")


def test_the_check_takes_a_fixed_number_of_statements(
    subject: Subject, bank: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    bank(60)
    factories.blueprint(subject, item_count=8)
    with django_assert_max_num_queries(24):
        call_command("check_bank", subject="tiny", json=True, stdout=StringIO())


def test_the_shipped_bank_has_no_error(db: None) -> None:
    call_command("load_subject", settings.SHIPPED_SUBJECT, stdout=StringIO())
    found, status = check("saa-c03")
    assert found["errors"] == []
    assert status == 0
    assert found["facts"] == 780
    assert found["facts_uncovered"] == []
    assert found["languages_complete_share"] == 1.0
    assert found["multiple_response_share"] >= 0.12
    assert found["disjoint_full_forms"] >= 2
    assert max(found["key_longest_share"].values()) <= 0.30
    assert max(found["form_cue_guess_share"].values()) <= 0.30
    assert all(0.20 <= share <= 0.30 for share in found["key_position_share"].values())

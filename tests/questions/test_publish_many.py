"""A large import right after the first one is published in the time a statement has."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from questions.models import Question
from tests import factories

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def believe_the_tables_are_small() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE questions_question")
        cursor.execute("ANALYZE questions_questionrevision")


def test_four_hundred_are_published_though_the_database_expects_none(subject: Any) -> None:
    records = [factories.record(number) for number in range(1, 401)]
    with transaction.atomic():  # what is taken back leaves its dead rows
        factories.publish(subject, records)
        transaction.set_rollback(True)
    believe_the_tables_are_small()
    with transaction.atomic():  # planned by what was believed, not by what autovacuum finds
        factories.publish(subject, records)
    published = Question.objects.published().select_related("current_revision")
    assert published.count() == 400
    assert all(question.current_revision.question_id == question.pk for question in published)

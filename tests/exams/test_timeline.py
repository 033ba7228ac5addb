"""The timeline tells what was received and when; browsers report what happened in them, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exams import attempts
from exams.attempts import RefusedError
from exams.protocol import Batch, Entry, ProtocolError, Report, parse_batch
from exams.queries.timeline import timeline
from tests.exams.sitting import Sitting

pytestmark = pytest.mark.database


def report(sitting: Sitting, *reports: Report, at: float = 60) -> None:
    batch = Batch("tab", 0, (), reports)
    attempts.save(sitting.owner, sitting.attempt.pk, batch, arrival=sitting.at(at))


def test_a_change_of_mind_reads_as_before_and_after(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)), at=10)
    sitting.save(Entry(1, 2, (3,), flagged=True), at=20)
    changes = [moment.changes for moment in timeline(sitting.attempt) if moment.item == 1]
    assert changes == [
        (("selected", "–", "A"),),
        (("selected", "A", "C"), ("flagged", "✗", "✓")),
    ]


def test_a_browser_report_is_placed_at_its_own_time(sitting: Sitting) -> None:
    report(sitting, Report("focus-lost", 1, 30_000), at=60)
    [event] = sitting.attempt.events.filter(kind="focus-lost")
    assert event.at == sitting.at(30)


def test_a_report_sent_twice_is_logged_once(sitting: Sitting) -> None:
    report(sitting, Report("offline", 1, 0))
    report(sitting, Report("offline", 1, 500), Report("online", 2, 0))
    kinds = list(sitting.attempt.events.exclude(kind="started").values_list("kind", flat=True))
    assert kinds == ["offline", "online"]


def test_a_report_cannot_claim_a_time_before_the_start(sitting: Sitting) -> None:
    report(sitting, Report("resumed", 1, 10**9), at=5)
    assert sitting.attempt.events.get(kind="resumed").at == sitting.attempt.started_at


def test_reports_to_a_closed_attempt_are_refused(sitting: Sitting) -> None:
    sitting.submit()
    with pytest.raises(RefusedError, match="closed"):
        report(sitting, Report("resumed", 1, 0), at=200)


@pytest.mark.parametrize(
    "events", ['"x"', '[{"kind": "closed", "n": 1, "ago_ms": 0}]', '[{"kind": "offline", "n": 0}]']
)
def test_a_report_of_another_form_is_refused(events: str) -> None:
    body = f'{{"v": 1, "client_id": "tab", "base_rev": 0, "entries": [], "events": {events}}}'
    with pytest.raises(ProtocolError, match="events"):
        parse_batch(body.encode())


def test_the_owner_and_permitted_staff_see_it_and_nobody_else(
    sitting: Sitting, learner: Any, other_learner: Any, author: Any
) -> None:
    url = reverse("timeline", args=[sitting.attempt.pk])
    statuses = {}
    for user in (learner, other_learner, author):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        statuses[user.username] = client.get(url).status_code
    assert statuses["learner"] == 200
    assert statuses["other_learner"] == 404
    assert statuses["author"] == (200 if author.has_perm("exams.view_attempt") else 404)
    assert Client().get(url).status_code == 302

"""Closing an attempt: by its owner, by the clock, or by the sweeper; scored in the same step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from exams import marking
from exams.attempts.common import RefusedError, locked, log
from exams.models import Attempt, AttemptEvent, AttemptItem, Owner, Response, Result
from exams.protocol import Submission


def submit(owner: Owner, attempt_id: UUID, submission: Submission, *, arrival: datetime) -> Attempt:
    """Close and score. A second call finds the attempt closed and changes nothing.

    Raises NotFoundError; RefusedError ``time-left`` when only a timer asks and time remains, and
    ``unsynced`` when the browser has answers that never arrived and there is time to send them.
    """
    with transaction.atomic():
        attempt = locked(owner, attempt_id)
        if not attempt.is_open:
            return attempt
        over = attempt.deadline is not None and arrival >= attempt.deadline
        if submission.by_timer and not over:
            raise RefusedError("time-left", _("There is time left."), attempt=attempt)
        if attempt.accepts(arrival) and (missing := _missing(attempt, submission)):
            message = _("Some answers have not arrived yet.")
            raise RefusedError("unsynced", message, attempt=attempt, items=missing)
        by = Attempt.ClosedBy.TIMEOUT if over else Attempt.ClosedBy.OWNER
        close(attempt, by, arrival)
        return attempt


def _missing(attempt: Attempt, submission: Submission) -> list[int]:
    """Items whose newest state in this browser the server has not got."""
    if not submission.newest:
        return []
    rows = (
        Response.objects.filter(attempt=attempt, client_id=submission.client_id)
        .values_list("item__position")
        .annotate(newest=Max("seq"))
        .order_by()
    )
    have = dict(rows)
    return sorted(item for item, seq in submission.newest.items() if have.get(item, 0) < seq)


def close_if_overdue(attempt: Attempt, now: datetime) -> Attempt:
    """Close and score an attempt whose time has run out; otherwise return it untouched."""
    if not attempt.is_overdue(now):
        return attempt
    with transaction.atomic():
        current = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if current.is_overdue(now):
            close(current, Attempt.ClosedBy.TIMEOUT, now)
        return current


def sweep(now: datetime, on_error: Callable[[Attempt, Exception], None], limit: int = 100) -> int:
    """Close overdue attempts, oldest first, each in its own transaction; returns how many.

    An attempt that fails is handed to ``on_error`` and never stops the others.
    """
    closed = 0
    for attempt in Attempt.objects.overdue(now).order_by("grace_until")[:limit]:
        try:
            closed += not close_if_overdue(attempt, now).is_open
        except Exception as error:  # noqa: BLE001 - one bad attempt must not stop the sweep
            on_error(attempt, error)
    return closed


def close(attempt: Attempt, closed_by: str, now: datetime) -> None:
    """Score and close inside the caller's transaction; the finish is the deadline at the latest."""
    attempt.state = Attempt.State.SCORED
    attempt.closed_by = closed_by
    attempt.closed_at = now if attempt.deadline is None else min(now, attempt.deadline)
    marked = marking.mark(attempt)
    AttemptItem.objects.bulk_update(marked.items, ["final_response", "awarded"])
    add_result(attempt, marked, version=1, reason="", now=now)
    attempt.save(update_fields=["state", "closed_by", "closed_at"])
    log(attempt, AttemptEvent.Kind.CLOSED, now, detail={"by": str(closed_by)})


def add_result(
    attempt: Attempt, marked: marking.Marked, *, version: int, reason: str, now: datetime
) -> None:
    score = marked.score
    Result.objects.create(
        attempt=attempt,
        version=version,
        raw=score.raw,
        maximum=score.maximum,
        scaled=score.scaled,
        passed=score.passed,
        reason=reason,
        at=now,
    )

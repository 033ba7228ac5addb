"""What staff and account steps do to attempts: more time, void, rescore, adopt, erase."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from exams import marking
from exams.attempts.closing import add_result
from exams.attempts.common import RefusedError, log
from exams.attempts.starting import next_number
from exams.models import Attempt, AttemptEvent, AttemptItem, Erasure, Owner, Result


def void(attempt: Attempt, *, reason: str, by: Any, now: datetime) -> None:
    """Take an attempt out of the count, keeping it. Raises RefusedError when it is void."""
    with transaction.atomic():
        current = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if current.state == Attempt.State.VOID:
            raise RefusedError("void", _("This attempt is void already."))
        current.state = Attempt.State.VOID
        current.closed_at = current.closed_at or now
        current.closed_by = current.closed_by or Attempt.ClosedBy.STAFF
        current.save(update_fields=["state", "closed_at", "closed_by"])
        log(current, AttemptEvent.Kind.VOIDED, now, by=by, detail={"reason": reason})


def move_deadline(
    attempt: Attempt, deadline: datetime, *, reason: str, by: Any, now: datetime
) -> None:
    """Give more time. Raises RefusedError unless the attempt is open and the deadline later."""
    with transaction.atomic():
        current = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if not current.is_open or current.deadline is None:
            raise RefusedError("closed", _("Only an open attempt with a deadline gets more time."))
        if deadline <= max(now, current.deadline):
            raise RefusedError("deadline", _("The new deadline has to be later."))
        detail = {
            "from": current.deadline.isoformat(),
            "to": deadline.isoformat(),
            "reason": reason,
        }
        current.deadline, current.grace_until = deadline, deadline + settings.GRACE
        current.save(update_fields=["deadline", "grace_until"])
        log(current, AttemptEvent.Kind.DEADLINE_MOVED, now, by=by, detail=detail)


def rescore(attempt: Attempt, *, reason: str, by: Any, now: datetime) -> Result | None:
    """Score a closed attempt again under today's key corrections.

    Adds the next result version when the score changed; returns it, else ``None``.
    """
    with transaction.atomic():
        current = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if current.state != Attempt.State.SCORED:
            return None
        last = current.results.latest("version")
        marked = marking.mark(current)
        AttemptItem.objects.bulk_update(marked.items, ["awarded"])
        score = marked.score
        if (last.raw, last.maximum, last.scaled) == (score.raw, score.maximum, score.scaled):
            return None
        add_result(current, marked, version=last.version + 1, reason=reason, now=now)
        detail = {"from": str(last.raw), "to": str(score.raw), "reason": reason}
        log(current, AttemptEvent.Kind.RESCORED, now, by=by, detail=detail)
        return current.results.latest("version")


def adopt(guest_key: str, user: Any, *, now: datetime) -> int:
    """Hand a visitor's attempts to the account they made; returns how many.

    Numbers follow the user's own. An attempt whose place is taken (the user has an open one of
    the same blueprint) stays with the visitor's key.
    """
    owner = Owner(user=user)
    adopted = 0
    guests = Attempt.objects.owned_by(Owner(guest_key=guest_key)).order_by("started_at")
    with transaction.atomic():
        for attempt in guests.select_for_update(of=("self",)).select_related("blueprint"):
            mine = Attempt.objects.owned_by(owner).filter(blueprint=attempt.blueprint)
            if attempt.is_open and mine.in_progress().exists():
                continue
            attempt.number = next_number(owner, attempt.blueprint)
            attempt.user, attempt.guest_key = user, ""
            attempt.save(update_fields=["number", "user", "guest_key"])
            log(attempt, AttemptEvent.Kind.ADOPTED, now, by=user)
            adopted += 1
    return adopted


def erase(attempt: Attempt, *, reason: str, now: datetime) -> None:
    """Delete one attempt whole, through the guards' one pass, and keep a record of it."""
    with transaction.atomic():
        Erasure.objects.create(attempt_id=attempt.pk, reason=reason, at=now)
        attempt.items.update(final_response=None)
        attempt.responses.all().delete()
        Attempt.objects.get(pk=attempt.pk).delete()

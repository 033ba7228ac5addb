"""Starting an attempt: one form, one clock, at most one open attempt per blueprint."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from exams import drawing
from exams.attempts.closing import close
from exams.attempts.common import RefusedError, log
from exams.models import Attempt, AttemptEvent, AttemptItem, ExamBlueprint, Owner


def start(
    owner: Owner,
    blueprint: ExamBlueprint,
    *,
    mode: str,
    accommodation: str,
    seed: int,
    now: datetime,
    simulated: bool = False,
) -> Attempt:
    """Assemble a form and start its clock; an attempt that is open already is returned.

    Raises RefusedError for a blueprint that is not open, a mode it does not allow or no time
    limit outside tutor mode, and drawing.BankTooShort when the bank cannot fill the form.
    """
    _check_start(owner, blueprint, mode, accommodation)
    try:
        with transaction.atomic():
            if (already := _open_attempt(owner, blueprint, now)) is not None:
                return already
            rng = random.Random(seed)
            form = drawing.draw(owner, blueprint, rng)
            duration = blueprint.duration(accommodation)
            deadline = None if duration is None else now + duration
            attempt = Attempt.objects.create(
                **owner.lookup,
                blueprint=blueprint,
                number=next_number(owner, blueprint),
                mode=mode,
                accommodation=accommodation,
                seed=seed,
                started_at=now,
                deadline=deadline,
                grace_until=None if deadline is None else deadline + settings.GRACE,
                reused_count=sum(not item.first_look for item in form),
                is_simulated=simulated,
            )
            _store_form(attempt, form)
            log(attempt, AttemptEvent.Kind.STARTED, now)
            return attempt
    except IntegrityError:
        # Two starts at once: the database let one through, and that one is the attempt.
        with transaction.atomic():
            winner = _open_attempt(owner, blueprint, now)
        if winner is None:
            raise
        return winner


def _check_start(owner: Owner, blueprint: ExamBlueprint, mode: str, accommodation: str) -> None:
    if not blueprint.is_open:
        raise RefusedError("not-open", _("This exam is not open."))
    if owner.user is None and not blueprint.open_to_guests:
        raise RefusedError("sign-in", _("Sign in to take this exam."))
    if mode == Attempt.Mode.TUTOR and not blueprint.tutor_allowed:
        raise RefusedError("mode", _("This exam has no tutor mode."))
    if accommodation == "none" and mode != Attempt.Mode.TUTOR:
        raise RefusedError("time", _("An exam without a time limit is possible in tutor mode."))


def _open_attempt(owner: Owner, blueprint: ExamBlueprint, now: datetime) -> Attempt | None:
    """The owner's open attempt of this blueprint; one that is overdue is closed instead."""
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .owned_by(owner)
        .in_progress()
        .filter(blueprint=blueprint)
        .first()
    )
    if attempt is not None and attempt.is_overdue(now):
        close(attempt, Attempt.ClosedBy.TIMEOUT, now)
        return None
    return attempt


def next_number(owner: Owner, blueprint: ExamBlueprint) -> int:
    mine = Attempt.objects.owned_by(owner).filter(blueprint=blueprint)
    return (mine.aggregate(last=Max("number"))["last"] or 0) + 1


def _store_form(attempt: Attempt, form: Iterable[drawing.DrawnItem]) -> None:
    AttemptItem.objects.bulk_create(
        AttemptItem(
            attempt=attempt,
            position=position,
            revision_id=item.revision,
            choice_order=item.choice_order,
            unscored=item.unscored,
            first_look=item.first_look,
        )
        for position, item in enumerate(form, 1)
    )

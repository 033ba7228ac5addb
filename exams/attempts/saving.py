"""Saving answers, and revealing them in tutor mode.

A save is at most six statements, whether the batch holds one entry or sixty-five.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from exams.attempts import statements
from exams.attempts.common import NotFoundError, RefusedError, locked, log
from exams.attempts.statements import AnswerPlace
from exams.models import Attempt, AttemptEvent, AttemptItem, Owner, Response
from exams.protocol import Batch, Entry, ProtocolError


@dataclass(slots=True)
class SaveReply:
    """``acked`` maps positions to sequence numbers; ``elsewhere`` holds other clients' news."""

    attempt: Attempt
    acked: dict[int, int] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[Response] = field(default_factory=list)


def save(owner: Owner, attempt_id: UUID, batch: Batch, *, arrival: datetime) -> SaveReply:
    """Store a batch of item states; a replayed or older entry is acknowledged, not written.

    Raises NotFoundError; RefusedError ``closed`` or ``late`` (the entries of a late batch stay
    in the event log); ProtocolError for items or choices that are not of this paper.
    """
    if not batch.entries and not batch.reports:
        return _heartbeat(owner, attempt_id, batch, arrival)
    try:
        with transaction.atomic():
            attempt = locked(owner, attempt_id)
            if not attempt.is_open:
                raise RefusedError("closed", _("This attempt is closed."), attempt=attempt)
            if attempt.accepts(arrival):
                return _append(attempt, batch, arrival)
            _log_late(attempt, batch, arrival)
    except IntegrityError as error:
        # The one way: a client gave two items the same number.
        message = _("This sequence number was used for another item.")
        raise ProtocolError("seq", message) from error
    # Raised outside, so that the log entry stays.
    raise RefusedError("late", _("This arrived after the deadline."), attempt=attempt)


def _heartbeat(owner: Owner, attempt_id: UUID, batch: Batch, arrival: datetime) -> SaveReply:
    """A batch without entries asks for time and news; it takes no lock and writes nothing."""
    attempt = Attempt.objects.owned_by(owner).filter(pk=attempt_id).first()
    if attempt is None:
        raise NotFoundError
    if not attempt.is_open:
        raise RefusedError("closed", _("This attempt is closed."), attempt=attempt)
    return SaveReply(attempt, elsewhere=_elsewhere(attempt, batch))


def _append(attempt: Attempt, batch: Batch, arrival: datetime) -> SaveReply:
    reply = SaveReply(attempt)
    positions = [entry.item for entry in batch.entries]
    places = statements.answer_places(attempt, batch.client_id, positions)
    news = attempt.rev > batch.base_rev
    fresh: list[Response] = []
    for i, entry in enumerate(batch.entries):
        place = places.get(entry.item)
        if place is None:
            message = _("There is no such item on this paper.")
            raise ProtocolError(f"entries[{i}].item", message)
        reply.acked[entry.item] = entry.seq
        if place.revealed:
            reply.refused.append({"item": entry.item, "seq": entry.seq, "reason": "revealed"})
        elif entry.seq > place.newest_seq:
            attempt.rev += 1
            fresh.append(_response(attempt, place, entry, batch.client_id, arrival))
    if fresh:
        statements.append(attempt, fresh)
    if batch.reports:
        _log_reports(attempt, batch, arrival)
    if news:
        reply.elsewhere = _elsewhere(attempt, batch)
    return reply


def _response(
    attempt: Attempt, place: AnswerPlace, entry: Entry, client_id: str, arrival: datetime
) -> Response:
    return Response(
        attempt_id=attempt.pk,
        item_id=place.pk,
        client_id=client_id,
        seq=entry.seq,
        rev=attempt.rev,
        selected=_chosen(place, entry.selected, entry.item, limit=place.pick_count),
        flagged=entry.flagged,
        struck=_chosen(place, entry.struck, entry.item),
        sure=entry.sure,
        language=entry.language,
        shown_ms=entry.shown_ms,
        received_at=arrival,
    )


def _chosen(
    place: AnswerPlace, numbers: tuple[int, ...], position: int, limit: int | None = None
) -> list[int]:
    """Choice ids for choice numbers as shown. Raises ProtocolError for strangers or too many."""
    order = place.choice_order
    if any(number > len(order) for number in numbers):
        raise ProtocolError("selected", _("Item %d has no such choice.") % position)
    if limit is not None and len(numbers) > limit:
        message = _("Item %(item)d takes %(limit)d at most.") % {"item": position, "limit": limit}
        raise ProtocolError("selected", message)
    return sorted(order[number - 1] for number in numbers)


def _elsewhere(attempt: Attempt, batch: Batch) -> list[Response]:
    """Newest states that other clients wrote since this client last heard, by position."""
    newest: dict[int, Response] = {}
    for response in (
        Response.objects.filter(attempt=attempt, rev__gt=batch.base_rev)
        .exclude(client_id=batch.client_id)
        .select_related("item")
        .order_by("rev")
    ):
        newest[response.item.position] = response
    return [newest[position] for position in sorted(newest)]


def _log_reports(attempt: Attempt, batch: Batch, arrival: datetime) -> None:
    """Keep what the browser reports of itself, each report once."""
    known = set(
        attempt.events.filter(detail__client_id=batch.client_id).values_list("detail__n", flat=True)
    )
    AttemptEvent.objects.bulk_create(
        AttemptEvent(
            attempt=attempt,
            kind=report.kind,
            at=max(arrival - timedelta(milliseconds=report.ago_ms), attempt.started_at),
            detail={"client_id": batch.client_id, "n": report.n},
        )
        for report in batch.reports
        if report.n not in known
    )


def _log_late(attempt: Attempt, batch: Batch, arrival: datetime) -> None:
    held = [
        {"item": entry.item, "seq": entry.seq, "selected": list(entry.selected)}
        for entry in batch.entries
    ]
    detail = {"client_id": batch.client_id, "entries": held}
    log(attempt, AttemptEvent.Kind.LATE, arrival, detail=detail)


def reveal(owner: Owner, attempt_id: UUID, position: int, *, arrival: datetime) -> AttemptItem:
    """Show an item's answer in tutor mode; from then on the item is locked.

    Raises NotFoundError, and RefusedError outside tutor mode or after the end.
    """
    with transaction.atomic():
        attempt = locked(owner, attempt_id)
        if not attempt.is_tutor:
            raise RefusedError("mode", _("Answers are shown after an exam, not during it."))
        if not attempt.is_open or not attempt.accepts(arrival):
            raise RefusedError("closed", _("This attempt is closed."), attempt=attempt)
        item = attempt.items.filter(position=position).first()
        if item is None:
            raise NotFoundError
        if item.revealed_at is None:
            item.revealed_at = arrival
            item.save(update_fields=["revealed_at"])
            log(attempt, AttemptEvent.Kind.REVEALED, arrival, detail={"item": position})
        return item

"""Saving answers, and revealing them in tutor mode.

A save is at most six statements, whether the batch holds one entry or sixty-five.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from exams.attempts.common import NotFoundError, RefusedError, locked, log
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
    if not batch.entries:
        return _heartbeat(owner, attempt_id, batch, arrival)
    with transaction.atomic():
        attempt = locked(owner, attempt_id)
        if not attempt.is_open:
            raise RefusedError("closed", _("This attempt is closed."), attempt=attempt)
        if attempt.accepts(arrival):
            return _append(attempt, batch, arrival)
        _log_late(attempt, batch, arrival)
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
    items = _items_at(attempt, [entry.item for entry in batch.entries])
    newest = _newest_seqs(attempt, batch, items)
    fresh: list[Response] = []
    for entry in batch.entries:
        item = items[entry.item]
        if item.revealed_at is not None:
            reply.refused.append({"item": entry.item, "seq": entry.seq, "reason": "revealed"})
        elif entry.seq > newest.get(item.pk, 0):
            fresh.append(_response(attempt, item, entry, batch.client_id, arrival))
        reply.acked[entry.item] = entry.seq
    news = attempt.rev > batch.base_rev
    for response in fresh:
        attempt.rev += 1
        response.rev = attempt.rev
    if fresh:
        Response.objects.bulk_create(fresh)
        Attempt.objects.filter(pk=attempt.pk).update(rev=attempt.rev)
    if news:
        reply.elsewhere = _elsewhere(attempt, batch)
    return reply


def _items_at(attempt: Attempt, positions: list[int]) -> dict[int, AttemptItem]:
    """The items by position. Raises ProtocolError for a position that is not on the paper."""
    items = {
        item.position: item
        for item in AttemptItem.objects.filter(attempt=attempt, position__in=positions)
        .select_related("revision")
        .only("position", "choice_order", "revealed_at", "attempt_id", "revision__pick_count")
    }
    for i, position in enumerate(positions):
        if position not in items:
            raise ProtocolError(f"entries[{i}].item", _("There is no such item on this paper."))
    return items


def _newest_seqs(
    attempt: Attempt, batch: Batch, items: Mapping[int, AttemptItem]
) -> dict[int, int]:
    """This client's newest sequence number per item id.

    Raises ProtocolError when a number was used before for another item.
    """
    by_seq = {entry.seq: items[entry.item].pk for entry in batch.entries}
    rows = (
        Response.objects.filter(attempt=attempt, client_id=batch.client_id)
        .filter(Q(item__in=by_seq.values()) | Q(seq__in=by_seq))
        .order_by("seq")
        .values_list("item_id", "seq")
    )
    newest: dict[int, int] = {}
    for item_id, seq in rows:
        newest[item_id] = seq
        if by_seq.get(seq, item_id) != item_id:
            raise ProtocolError("seq", _("This sequence number was used for another item."))
    return newest


def _response(
    attempt: Attempt, item: AttemptItem, entry: Entry, client_id: str, arrival: datetime
) -> Response:
    return Response(
        attempt=attempt,
        item=item,
        client_id=client_id,
        seq=entry.seq,
        selected=_chosen(item, entry.selected, entry.item, limit=item.revision.pick_count),
        flagged=entry.flagged,
        struck=_chosen(item, entry.struck, entry.item),
        sure=entry.sure,
        language=entry.language,
        shown_ms=entry.shown_ms,
        received_at=arrival,
    )


def _chosen(
    item: AttemptItem, numbers: tuple[int, ...], position: int, limit: int | None = None
) -> list[int]:
    """Choice ids for choice numbers as shown. Raises ProtocolError for strangers or too many."""
    order = item.choice_order
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

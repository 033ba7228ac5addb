"""The attempt while it runs: the paper, saves, reveals, the check before submitting, submit."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams import attempts
from exams.models import Attempt, Owner, Response
from exams.protocol import (
    Batch,
    Entry,
    ProtocolError,
    Submission,
    parse_batch,
    parse_submission,
)
from exams.queries.paper import Paper, PaperItem, paper
from exams.queries.review import review
from exams.views.guards import own_attempt, protocol, remaining_ms
from exams.views.strings import strings


@require_GET
@own_attempt
def attempt_page(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """The whole paper in one response; the owner opening an overdue attempt closes it."""
    if attempts.close_if_overdue(attempt, request.arrival).is_open:
        return _render_paper(request, paper(attempt))
    return redirect("result", attempt.pk)


def _render_paper(
    request: HttpRequest, sheet: Paper, error: str = "", status: int = 200
) -> HttpResponse:
    attempt = sheet.attempt
    revealed = [item.position for item in sheet.items if item.item.revealed_at]
    explained = {item.position: item for item in review(attempt, revealed)} if revealed else {}
    context = {
        "attempt": attempt,
        "paper": sheet,
        "explained": explained,
        "remaining_ms": remaining_ms(attempt, request),
        "grace_seconds": int(settings.GRACE.total_seconds()),
        "storage_key": f"exam:{attempt.user_id or 'guest'}:{attempt.pk}",
        "strings": strings(),
        "error": error,
    }
    return render(request, "exams/attempt.html", context, status=status)


@require_POST
@protocol
def answers(request: HttpRequest, owner: Owner, attempt_id: UUID) -> HttpResponse:
    batch = parse_batch(request.body)
    reply = attempts.save(owner, attempt_id, batch, arrival=request.arrival)
    return JsonResponse(
        {
            "status": "saved",
            "acked": reply.acked,
            "refused": reply.refused,
            "rev": reply.attempt.rev,
            "state": reply.attempt.state,
            "remaining_ms": remaining_ms(reply.attempt, request),
            "changed_elsewhere": [_as_shown(response) for response in reply.elsewhere],
        }
    )


def _as_shown(response: Response) -> dict[str, Any]:
    """A stored state in the numbers of this paper."""
    numbers = {pk: number for number, pk in enumerate(response.item.choice_order, 1)}
    return {
        "item": response.item.position,
        "selected": [numbers[pk] for pk in response.selected],
        "flagged": response.flagged,
        "struck": [numbers[pk] for pk in response.struck],
        "sure": response.sure,
        "language": response.language,
        "rev": response.rev,
    }


@require_POST
@protocol
def reveal(request: HttpRequest, owner: Owner, attempt_id: UUID, position: int) -> HttpResponse:
    """Tutor mode: lock the item and answer with its explanation as HTML."""
    item = attempts.reveal(owner, attempt_id, position, arrival=request.arrival)
    [entry] = review(item.attempt, [position])
    return render(
        request, "exams/_explanation.html", {"entry": entry, "attempt": item.attempt, "short": True}
    )


@require_POST
@own_attempt
def form_save(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """The paper as one plain form, for browsers without script."""
    sheet = paper(attempt)
    try:
        batch = _form_batch(request, sheet)
        if batch.entries:
            attempts.save(attempt.owner, attempt.pk, batch, arrival=request.arrival)
        if (position := request.POST.get("reveal", "")).isdecimal():
            attempts.reveal(attempt.owner, attempt.pk, int(position), arrival=request.arrival)
            return redirect(f"{reverse('attempt', args=[attempt.pk])}#q{int(position)}")
    except ProtocolError as error:
        return _render_paper(request, _as_posted(request, sheet), str(error.message), status=422)
    except attempts.NotFoundError:
        return _render_paper(request, sheet, _("There is no such item on this paper."), 404)
    except attempts.RefusedError as refusal:
        return render(
            request, "exams/refused.html", {"refusal": refusal, "attempt": attempt}, status=409
        )
    return redirect("check" if request.POST.get("next") == "check" else "attempt", attempt.pk)


def _form_batch(request: HttpRequest, sheet: Paper) -> Batch:
    """What the form changed against the newest state. Raises ProtocolError for other values."""
    entries: list[Entry] = []
    for item in sheet.items:
        if item.item.revealed_at is not None:
            continue
        numbers = _form_numbers(request, item)
        flagged = f"flag-{item.position}" in request.POST
        if numbers != item.chosen_numbers or flagged != item.flagged:
            struck = [c.number for c in item.choices if c.struck and c.number not in numbers]
            entry = Entry(
                item=item.position,
                seq=len(entries) + 1,
                selected=tuple(numbers),
                flagged=flagged,
                struck=tuple(struck),
                sure=item.sure,
                language=item.language,
                shown_ms=item.shown_ms,
            )
            entries.append(entry)
    return Batch(f"form-{uuid.uuid4().hex[:24]}", sheet.attempt.rev, tuple(entries))


def _form_numbers(request: HttpRequest, item: PaperItem) -> list[int]:
    raw = request.POST.getlist(f"item-{item.position}")
    if not all(value.isdecimal() and 1 <= int(value) <= len(item.choices) for value in raw):
        raise ProtocolError("selected", _("Item %d has no such choice.") % item.position)
    return sorted({int(value) for value in raw})


def _as_posted(request: HttpRequest, sheet: Paper) -> Paper:
    """The paper with the ticks of a refused form, so that nothing has to be done twice."""
    for item in sheet.items:
        ticked = set(request.POST.getlist(f"item-{item.position}"))
        item.choices[:] = [
            type(choice)(
                choice.number,
                choice.html_en,
                choice.html_ko,
                chosen=str(choice.number) in ticked,
                struck=choice.struck,
            )
            for choice in item.choices
        ]
    return sheet


@require_GET
@own_attempt
def check(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """What is blank, flagged or has too few picks, before submitting."""
    if not attempts.close_if_overdue(attempt, request.arrival).is_open:
        return redirect("result", attempt.pk)
    context = {
        "attempt": attempt,
        "paper": paper(attempt),
        "remaining_ms": remaining_ms(attempt, request),
    }
    return render(request, "exams/check.html", context)


@require_POST
@login_not_required  # both halves below find the owner themselves
def submit(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Close and score: JSON from the script, a redirect to the result from the plain form."""
    if request.content_type == "application/json":
        return _submit_json(request, attempt_id)
    return _submit_form(request, attempt_id)


@protocol
def _submit_json(request: HttpRequest, owner: Owner, attempt_id: UUID) -> HttpResponse:
    submission = parse_submission(request.body)
    attempt = attempts.submit(owner, attempt_id, submission, arrival=request.arrival)
    body = {
        "status": attempt.state,
        "state": attempt.state,
        "result": reverse("result", args=[attempt.pk]),
    }
    return JsonResponse(body)


@own_attempt
def _submit_form(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    nothing_pending = Submission("form", {}, by_timer=False)
    attempts.submit(attempt.owner, attempt.pk, nothing_pending, arrival=request.arrival)
    return redirect("result", attempt.pk)

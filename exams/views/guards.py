"""Guard decorators: whose attempt it is, and how a refusal is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache

from exams import attempts
from exams.models import Attempt
from exams.owners import owner_of
from exams.protocol import ProtocolError

View = Callable[..., HttpResponse]
REFUSALS = {"late": 409, "closed": 409, "unsynced": 409, "time-left": 409}


def own_attempt(view: View) -> View:
    """Pass the owner's attempt to a page; another's is 404, a stranger is asked to sign in."""

    @login_not_required  # visitors sit the mini mock under a signed cookie
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, attempt_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        owner = owner_of(request)
        attempt = owner and (
            Attempt.objects.owned_by(owner)
            .select_related("blueprint__subject")
            .filter(pk=attempt_id)
            .first()
        )
        if attempt:
            return view(request, attempt, *args, **kwargs)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())

    return guarded


def own_or_staff(view: View) -> View:
    """Like ``own_attempt``, and anybody's attempt for staff with the permission to view them."""
    mine = own_attempt(view)

    @login_not_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, attempt_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("exams.view_attempt"):
            return mine(request, attempt_id, *args, **kwargs)
        attempt = get_object_or_404(
            Attempt.objects.select_related("blueprint__subject"), pk=attempt_id
        )
        return view(request, attempt, *args, **kwargs)

    return guarded


def protocol(view: View) -> View:
    """Say every refusal of a background request as JSON; never redirect one."""

    @login_not_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        owner = owner_of(request)
        try:
            if owner is None:
                raise attempts.NotFoundError
            return view(request, owner, *args, **kwargs)
        except attempts.NotFoundError:
            # A visitor's unknown attempt may be a learner's whose session has ended.
            signed_in = request.user.is_authenticated
            status = "not-found" if signed_in else "signed-out"
            return JsonResponse({"status": status}, status=404 if signed_in else 401)
        except ProtocolError as error:
            body = {"status": "invalid", "field": error.field, "message": str(error.message)}
            return JsonResponse(body, status=error.status)
        except attempts.RefusedError as refusal:
            return refused(refusal, request)

    return guarded


def refused(refusal: attempts.RefusedError, request: HttpRequest) -> JsonResponse:
    """The JSON body of a refusal; with an attempt it says the state and what time is left."""
    body: dict[str, Any] = {"status": refusal.code, "message": str(refusal.message)}
    attempt = refusal.detail.get("attempt")
    if attempt is not None:
        body |= {
            "state": attempt.state,
            "remaining_ms": remaining_ms(attempt, request),
            "result": reverse("result", args=[attempt.pk]),
        }
    if "items" in refusal.detail:
        body["items"] = refusal.detail["items"]
    return JsonResponse(body, status=REFUSALS.get(refusal.code, 403))


def remaining_ms(attempt: Attempt, request: HttpRequest) -> int | None:
    """Milliseconds to the deadline at this request's arrival; ``None`` is no limit."""
    left = attempt.remaining(request.arrival)
    return None if left is None else int(left.total_seconds() * 1000)

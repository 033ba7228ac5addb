"""Whose attempts a request may reach: the learner's own, or the visitor's by signed cookie."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from exams import attempts
from exams.models import Attempt, Owner

COOKIE = "guest"
SALT = "exams.guest"
MONTH = 30 * 24 * 3600


def guest_key(request: HttpRequest) -> str:
    """The visitor's key, or ``""``; a forged or expired cookie counts as none."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=MONTH) or ""


def owner_of(request: HttpRequest) -> Owner | None:
    """The request's owner; ``None`` for a visitor who has started nothing."""
    if request.user.is_authenticated:
        return Owner(user=request.user)
    key = guest_key(request)
    return Owner(guest_key=key) if key else None


def owner_or_new_guest(request: HttpRequest) -> Owner:
    return owner_of(request) or Owner(guest_key=uuid.uuid4().hex)


def remember(response: HttpResponse, owner: Owner) -> None:
    """Give a visitor the cookie that leads back to their attempts for 30 days."""
    if owner.guest_key:
        response.set_signed_cookie(
            COOKIE,
            owner.guest_key,
            salt=SALT,
            max_age=MONTH,
            httponly=True,
            samesite="Lax",
            secure=not settings.INSECURE,
        )


def guest_attempts(request: HttpRequest) -> QuerySet[Attempt]:
    """What was sat on this device as a visitor and belongs to no account yet."""
    key = guest_key(request)
    if not key:
        return Attempt.objects.none()
    return Attempt.objects.owned_by(Owner(guest_key=key))


def keep(request: HttpRequest, user: Any) -> int:
    """Hand the visitor's attempts of this device to ``user``; returns how many."""
    key = guest_key(request)
    return attempts.adopt(key, user, now=request.arrival) if key else 0


def keep_on_sign_up(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Signing up from a result means keeping it (allauth's signal)."""
    if keep(request, user):
        messages.success(request, _("Your results from before the sign-up are in your history."))


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")

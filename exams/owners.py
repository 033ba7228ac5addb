"""Whose attempts a request may reach: the learner's own, or the visitor's by signed cookie."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from exams.models import Owner

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


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")

"""Learners with sessions and open attempts, made straight in the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from exams import attempts
from exams.models import Attempt, ExamBlueprint, Owner

CSRF_TOKEN = "b" * 32


@dataclass(frozen=True, slots=True)
class Sitter:
    """A signed-in learner with an open full mock."""

    user_id: int
    attempt: Attempt
    headers: dict[str, str]


def sitters(count: int) -> list[Sitter]:
    blueprint = ExamBlueprint.objects.open().get(code="full-mock")
    return [_sitter(blueprint) for _ in range(count)]


def _sitter(blueprint: ExamBlueprint) -> Sitter:
    user = get_user_model().objects.create(username=f"bench-{secrets.token_hex(6)}")
    attempt = attempts.start(
        Owner(user=user),
        blueprint,
        mode="exam",
        accommodation="x2",
        seed=user.pk,
        now=timezone.now(),
    )
    return Sitter(user.pk, attempt, _headers(user))


def _headers(user: object) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    session.create()
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; csrftoken={CSRF_TOKEN}"
    return {"Cookie": cookie, "X-CSRFToken": CSRF_TOKEN, "Content-Type": "application/json"}

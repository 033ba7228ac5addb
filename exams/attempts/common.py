"""What every step of an attempt's life shares: its refusals, its lock and its log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from exams.attempts import statements
from exams.models import Attempt, AttemptEvent, Owner


class NotFoundError(Exception):
    """There is no such attempt among the owner's."""


class RefusedError(Exception):
    """A step that the attempt's state does not allow. ``code`` is for the protocol."""

    def __init__(self, code: str, message: str | Promise, **detail: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


def locked(owner: Owner, attempt_id: UUID) -> Attempt:
    """The owner's attempt, locked until the transaction ends. Raises NotFoundError."""
    attempt = statements.lock_attempt(owner, attempt_id)
    if attempt is None:
        raise NotFoundError
    return attempt


def log(
    attempt: Attempt,
    kind: str,
    at: datetime,
    *,
    by: Any = None,
    detail: dict[str, Any] | None = None,
) -> None:
    AttemptEvent.objects.create(attempt=attempt, kind=kind, at=at, by=by, detail=detail or {})

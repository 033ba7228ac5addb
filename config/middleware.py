"""Two small middlewares that stand first: when a request arrived, and what an outage says."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    JsonResponse,
    RawPostDataException,
    UnreadablePostError,
)
from django.shortcuts import render
from django.utils import timezone

logger = logging.getLogger("cutscore.outage")
GetResponse = Callable[[HttpRequest], HttpResponse]

RETRY_AFTER_SECONDS = 2


def arrival(get_response: GetResponse) -> GetResponse:
    """Note when the request was first seen: deadlines are judged by this instant."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.arrival = timezone.now()
        response = get_response(request)
        if response.status_code >= 400:
            drain(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY_HEADER)
        return response

    return middleware


def drain(request: HttpRequest) -> None:
    """Read what was sent and nobody read: the server would hang up, and on the next request too.

    A body over the limit is left alone, and that connection ends.
    """
    with suppress(RawPostDataException, RequestDataTooBig, UnreadablePostError):
        _ = request.body


class unavailable:  # noqa: N801 - reads as a middleware in settings
    """Answer 503 with Retry-After while the database is away, locked or out of space."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn an outage inside a view into the 503; leave everything else alone."""
        return outage_response(request, error)


def outage_response(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The 503 when ``error`` is an outage, else ``None``."""
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if not full and not isinstance(error, OperationalError | InterfaceError):
        return None
    logger.error("unavailable: %s %s", type(error).__name__, request.path)
    if request.content_type == "application/json":
        response: HttpResponse = JsonResponse({"status": "unavailable"}, status=503)
    else:
        response = render(request, "503.html", status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response

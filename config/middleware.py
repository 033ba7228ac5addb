"""Two small middlewares that stand first: when a request arrived, and what an outage says."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
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
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY_HEADER)
        return response

    return middleware


class unavailable:  # noqa: N801 - reads as a middleware in settings
    """Answer 503 with Retry-After while the database is away, locked or out of space."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError, OSError) as error:
            if (response := self.process_exception(request, error)) is None:
                raise
            return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn an outage inside a view into the 503; leave everything else alone."""
        if isinstance(error, OSError) and error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            return None
        if not isinstance(error, OperationalError | InterfaceError | OSError):
            return None
        logger.error("unavailable: %s %s", type(error).__name__, request.path)
        if request.content_type == "application/json":
            response: HttpResponse = JsonResponse({"status": "unavailable"}, status=503)
        else:
            response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response

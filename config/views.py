"""Pages that belong to no app: settings, help, liveness, the CSRF cookie."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from config import preferences
from config.middleware import outage_response

LABELS: dict[str, tuple[Any, list[Any]]] = {
    "theme": (
        gettext_lazy("Theme"),
        [gettext_lazy("as the system"), gettext_lazy("light"), gettext_lazy("dark")],
    ),
    "text": (gettext_lazy("Text size"), ["100%", "112%", "125%", "150%"]),
    "content": (
        gettext_lazy("Language of questions"),
        [gettext_lazy("as the pages"), "한국어", "English"],
    ),
    "shortcuts": (
        gettext_lazy("Single-key shortcuts"),
        [gettext_lazy("on"), gettext_lazy("off")],
    ),
    "clock": (gettext_lazy("Clock"), [gettext_lazy("shown"), gettext_lazy("hidden")]),
    "time": (
        gettext_lazy("Usual time"),
        [
            gettext_lazy("standard"),
            gettext_lazy("extra minutes for non-native speakers"),
            "×1.5",
            "×2",
        ],
    ),
}


@require_http_methods(["GET", "POST"])
@login_not_required
@never_cache
def settings_page(request: HttpRequest) -> HttpResponse:
    """One small form per preference; each is kept in a cookie on this device."""
    if request.method == "POST":
        name, value = request.POST.get("name", ""), request.POST.get("value", "")
        response = redirect("settings")
        try:
            preferences.write(response, name, value)
        except ValueError:
            context = _settings_context(request) | {"error": _("There is no such setting.")}
            return render(request, "settings.html", context, status=422)
        return response
    return render(request, "settings.html", _settings_context(request))


def _settings_context(request: HttpRequest) -> dict[str, Any]:
    current = preferences.read(request)
    rows = []
    for name, values in preferences.CHOICES.items():
        label, labels = LABELS[name]
        options = list(zip(values, labels, strict=True))
        rows.append((name, label, options, getattr(current, name)))
    return {"rows": rows}


@require_GET
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help.html")


@require_GET
@login_not_required
@never_cache
def csrf(request: HttpRequest) -> HttpResponse:
    """Set the CSRF cookie anew: a login in another tab has rotated the old one."""
    get_token(request)
    return HttpResponse(status=204)


@require_GET
@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness with a look at the database; the outage middleware says 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page; or the 503 where a middleware was the first to find the database away."""
    return outage_response(request, sys.exception()) or defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do; for the script the status is enough."""
    return render(request, "403_csrf.html", status=403)

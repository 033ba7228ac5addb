"""The way in: home, the exams, starting one, and what visitors may do without an account."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config import limits
from exams import attempts, drawing
from exams.forms import StartForm
from exams.models import Attempt, ExamBlueprint, Owner
from exams.owners import (
    forget,
    guest_attempts,
    keep,
    owner_of,
    owner_or_new_guest,
    remember,
)
from exams.queries import progress, sample
from questions.models import Subject

DEMO_USERS = ("learner",)
HOUR = 3600


@require_GET
@login_not_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    owner = owner_of(request)
    running = progress.open_attempts(owner, request.arrival) if owner else []
    if request.user.is_authenticated:
        context = {
            "running": running,
            "unclaimed": guest_attempts(request).count(),
            "recent": progress.history(Owner(user=request.user)).filter(state="scored")[:3],
            "blueprints": _open_blueprints().exclude(kind="quiz")[:3],
        }
        return render(request, "exams/home.html", context)
    context = {
        "running": running,
        "mini": _open_blueprints().filter(open_to_guests=True).first(),
        "sample": sample.of_the_day(request.arrival.date()),
        "subject": Subject.objects.first(),
    }
    return render(request, "exams/welcome.html", context)


def _open_blueprints() -> Any:
    return ExamBlueprint.objects.open().select_related("subject")


@require_POST
@login_not_required
def sample_answer(request: HttpRequest, code: str) -> HttpResponse:
    """A visitor's answer to the sample item: the same card with its explanation."""
    numbers = [int(value) for value in request.POST.getlist("item-1") if value.isdecimal()]
    entry = sample.answered(code, numbers)
    if entry is None:
        raise Http404
    name = "exams/sample.html#card" if request.htmx else "exams/sample.html"
    return render(request, name, {"entry": entry})


@require_GET
@login_not_required
def exam_list(request: HttpRequest) -> HttpResponse:
    owner = owner_of(request)
    context = {
        "blueprints": _open_blueprints()
        .annotate(chapter=Min("sections__chapter__number"))
        .order_by("subject", "position", "chapter", "code"),
        "running": {
            attempt.blueprint_id: attempt
            for attempt in (progress.open_attempts(owner, request.arrival) if owner else [])
        },
    }
    return render(request, "exams/list.html", context)


@require_http_methods(["GET", "POST"])
@login_not_required
@never_cache
def exam(request: HttpRequest, subject: str, code: str) -> HttpResponse:
    """An exam's rules in short and its start form; visitors may start what is open to them."""
    blueprint = get_object_or_404(_open_blueprints(), subject__code=subject, code=code)
    owner = owner_or_new_guest(request)
    form = StartForm(request.POST or None, blueprint=blueprint, initial=_usual(request))
    context = {
        "blueprint": blueprint,
        "form": form,
        "fresh": progress.fresh_items(owner, blueprint),
        "running": progress.open_attempts(owner, request.arrival),
        "may_start": request.user.is_authenticated or blueprint.open_to_guests,
    }
    context["current"] = next((a for a in context["running"] if a.blueprint == blueprint), None)
    if request.method == "POST" and form.is_valid():
        return _start(request, owner, context)
    status = 422 if request.method == "POST" else 200
    return render(request, "exams/start.html", context, status=status)


def _usual(request: HttpRequest) -> dict[str, str]:
    """The time this person usually takes, from the settings page."""
    return {"mode": "exam", "accommodation": request.COOKIES.get("pref-time", "x1")}


def _start(request: HttpRequest, owner: Owner, context: dict[str, Any]) -> HttpResponse:
    form = context["form"]
    if owner.user is None and not _guest_may_start(request):
        return render(request, "429.html", {"retry_minutes": 60}, status=429)
    try:
        attempt = attempts.start(
            owner,
            context["blueprint"],
            mode=form.cleaned_data["mode"],
            accommodation=form.cleaned_data["accommodation"],
            seed=secrets.randbits(62),
            now=request.arrival,
        )
    except attempts.RefusedError as refusal:
        form.add_error(None, str(refusal.message))
        return render(request, "exams/start.html", context, status=403)
    except drawing.BankTooShort as short:
        return render(request, "exams/start.html", context | {"short": short}, status=409)
    response = redirect("attempt", attempt.pk)
    remember(response, owner)
    return response


def _guest_may_start(request: HttpRequest) -> bool:
    return settings.GUEST_MINI_MOCKS and limits.allow(
        "guest-start", request, settings.GUEST_STARTS_PER_HOUR, HOUR
    )


@require_POST
def keep_results(request: HttpRequest) -> HttpResponse:
    """Take over what was sat on this device as a visitor, or leave it be."""
    if request.POST.get("keep") == "yes":
        keep(request, request.user)
    response = redirect("home")
    forget(response)
    return response


@require_POST
@login_not_required
def mini(request: HttpRequest) -> HttpResponse:
    """Start the mini mock at once, with the standard time, without an account."""
    blueprint = _open_blueprints().filter(open_to_guests=True).first()
    if blueprint is None or not settings.GUEST_MINI_MOCKS:
        raise Http404
    owner = owner_or_new_guest(request)
    data = {"mode": Attempt.Mode.EXAM, "accommodation": "x1"}
    form = StartForm(data, blueprint=blueprint)
    form.is_valid()
    return _start(request, owner, {"form": form, "blueprint": blueprint, "may_start": True})


@require_GET
@login_not_required
def demo_login(request: HttpRequest, name: str) -> HttpResponse:
    """Sign in as a demo account; only in the demo, which serves loopback only."""
    if not settings.DEMO or name not in DEMO_USERS:
        raise Http404
    user = get_object_or_404(get_user_model(), username=f"demo-{name}")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")

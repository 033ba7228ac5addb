"""After the attempt: result, explanations, history, topics."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from exams import attempts
from exams.domain.proportion import Proportion
from exams.models import Attempt, Owner
from exams.queries import progress
from exams.queries.review import FILTERS, breakdown, results, review
from exams.queries.standing import standing
from exams.queries.timeline import timeline as timeline_of
from exams.views.guards import own_attempt, own_or_staff
from questions.models import Subject

PENDING_REFRESH_SECONDS = 2
PAGE = 25


@require_GET
@own_attempt
def result(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """The verdict first, then where points were lost, then every item."""
    attempt = attempts.close_if_overdue(attempt, request.arrival)
    if attempt.is_open:
        return _not_yet(request, attempt)
    if attempt.state == Attempt.State.VOID:
        return render(request, "exams/void.html", {"attempt": attempt})
    items = review(attempt)
    versions = results(attempt)
    current = versions[0]
    context = {
        "attempt": attempt,
        "result": current,
        "earlier": versions[1:],
        "share": Proportion(int(current.raw), int(current.maximum)),
        "domains": breakdown(items, "domain"),
        "objectives": breakdown(items, "objective"),
        "chapters": breakdown(items, "chapter"),
        "counts": {name: sum(item.matches([name]) for item in items) for name in FILTERS},
        **_filtered(request, items),
    }
    return _page_or_fragment(request, "exams/result.html", "items", context)


def _not_yet(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Before the end there is no result; just after it, the page waits for the last saves."""
    if attempt.accepts(request.arrival):
        return redirect("attempt", attempt.pk)
    response = render(request, "exams/pending.html", {"attempt": attempt})
    response.headers["Refresh"] = str(PENDING_REFRESH_SECONDS)
    return response


def _filtered(request: HttpRequest, items: list[Any]) -> dict[str, Any]:
    """The items that ``?show=wrong,flagged`` asks for; unknown filters are ignored."""
    show = _filters(request.GET)
    return {"items": [item for item in items if item.matches(show)], "show": show}


def _filters(query: QueryDict) -> list[str]:
    return [name for name in query.get("show", "").split(",") if name in FILTERS]


def _page_or_fragment(
    request: HttpRequest, template: str, fragment: str, context: dict[str, Any]
) -> HttpResponse:
    name = f"{template}#{fragment}" if request.htmx else template
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
@own_attempt
def explanations(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Every item of a closed attempt with key, rationales, facts and sources."""
    if attempt.is_open:
        return redirect("result", attempt.pk)
    context = {"attempt": attempt, **_filtered(request, review(attempt))}
    return render(request, "exams/explanations.html", context)


@require_GET
@own_or_staff
def timeline(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """The attempt's log, for its owner and for staff who may look at attempts."""
    context = {"attempt": attempt, "moments": timeline_of(attempt)}
    return render(request, "exams/timeline.html", context)


@require_GET
@own_attempt
def item(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """One item's explanation; in an open tutor attempt only once it was revealed."""
    row = attempt.items.filter(position=position).first()
    if row is None or (attempt.is_open and row.revealed_at is None):
        raise Http404
    [entry] = review(attempt, [position])
    context = {"attempt": attempt, "entry": entry, "count": attempt.items.count()}
    return _page_or_fragment(request, "exams/item.html", "explanation", context)


@require_GET
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    owner = Owner(user=request.user)
    page = Paginator(progress.history(owner), PAGE).get_page(request.GET.get("page"))
    return render(request, "exams/history.html", {"page": page})


@require_GET
@never_cache
def topics(request: HttpRequest) -> HttpResponse:
    """What was answered per domain and chapter, with how sure one can be of it."""
    owner = Owner(user=request.user)
    subjects = [
        (subject, standing(owner, subject, request.arrival), *progress.topics(owner, subject))
        for subject in Subject.objects.prefetch_related("domains", "chapters")
    ]
    return render(request, "exams/topics.html", {"subjects": subjects})

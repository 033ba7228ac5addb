"""The author's look at how items do."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from exams.queries.items import item_statistics
from questions.models import Question

PAGE = 100


@require_GET
@never_cache
@permission_required("questions.view_question", raise_exception=True)
def items(request: HttpRequest) -> HttpResponse:
    """Facility and discrimination of every answered question, the suspicious ones first."""
    found = item_statistics()
    order = sorted(
        found.values(), key=lambda each: (-len(each.suspicions), each.facility, each.question)
    )
    page = Paginator(order, PAGE).get_page(request.GET.get("page"))
    questions = Question.objects.select_related("chapter").in_bulk([each.question for each in page])
    rows = [(questions[each.question], each) for each in page]
    return render(request, "exams/items.html", {"page": page, "rows": rows})

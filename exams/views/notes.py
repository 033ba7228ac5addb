"""The learner's notes, line by line, with what the bank knows and asks about each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from exams.owners import owner_of
from exams.queries.notes import chapter_notes
from questions.models import Chapter, Subject


@require_GET
@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    """The subjects that have chapters; where there is one, straight to it."""
    subjects = list(Subject.objects.filter(chapters__isnull=False).distinct()[:50])
    if len(subjects) == 1:
        return redirect("notes", subjects[0].code)
    return render(request, "exams/notes_index.html", {"subjects": subjects})


@require_GET
@login_not_required
def contents(request: HttpRequest, subject: str) -> HttpResponse:
    found = get_object_or_404(Subject.objects.prefetch_related("chapters__notes"), code=subject)
    return render(request, "exams/notes.html", {"subject": found})


@require_GET
@login_not_required
@never_cache
def chapter(request: HttpRequest, subject: str, slug: str) -> HttpResponse:
    """A chapter's lines with their facts; questions are shown as far as this person met them."""
    found = get_object_or_404(
        Chapter.objects.select_related("subject", "notes"), subject__code=subject, slug=slug
    )
    lines, rest = chapter_notes(found, owner_of(request))
    context = {"chapter": found, "lines": lines, "rest": rest}
    return render(request, "exams/notes_chapter.html", context)

"""Subjects, their outline and their source facts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from questions.models import Chapter, Domain, Objective, Question, SourceFact, Subject, Tag


@admin.register(Subject)
class SubjectAdmin(admin.ModelAdmin):
    list_display = ("code", "title_ko", "title_en")


@admin.register(Domain)
class DomainAdmin(admin.ModelAdmin):
    list_display = ("number", "name_ko", "name_en", "weight", "subject")
    list_display_links = ("name_ko", "name_en")
    list_filter = ("subject",)
    list_select_related = ("subject",)


@admin.register(Objective)
class ObjectiveAdmin(admin.ModelAdmin):
    list_display = ("code", "name_ko", "name_en", "domain")
    list_filter = ("domain__subject", "domain")
    list_select_related = ("domain",)


@admin.register(Chapter)
class ChapterAdmin(admin.ModelAdmin):
    list_display = ("number", "title_ko", "title_en", "question_count", "subject")
    list_display_links = ("title_ko", "title_en")
    list_filter = ("subject",)
    list_select_related = ("subject",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        return super().get_queryset(request).annotate(n=Count("questions"))

    @admin.display(description=_("questions"), ordering="n")
    def question_count(self, chapter: Any) -> int:
        return int(chapter.n)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ("slug", "subject")
    list_filter = ("subject",)
    list_select_related = ("subject",)
    search_fields = ("slug",)


@admin.register(SourceFact)
class SourceFactAdmin(admin.ModelAdmin):
    list_display = ("code", "short_claim", "verdict", "volatile", "decides", "chapter")
    list_filter = ("verdict", "origin", "volatile", "chapter")
    list_select_related = ("chapter",)
    search_fields = ("code", "statement_en", "statement_ko", "quote")
    readonly_fields = ("questions",)
    filter_horizontal = ("objectives",)
    raw_id_fields = ("superseded_by",)
    fieldsets = (
        (None, {"fields": (("code", "chapter"), ("origin", "section"), "quote", "notes_lines")}),
        (_("Statement"), {"fields": (("statement_ko", "statement_en"), "verdict", "volatile")}),
        (_("Correction"), {"fields": (("correction_ko", "correction_en"), "why", "remark")}),
        (_("Source"), {"fields": (("reference_url", "checked_on"), "objectives")}),
        (_("Use"), {"fields": ("superseded_by", "questions")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceFact]:
        current = F("revision_links__revision__question__current_revision")
        uses = Q(revision_links__deciding=True, revision_links__revision=current)
        return super().get_queryset(request).annotate(n=Count("revision_links", filter=uses))

    @admin.display(description=_("claim"))
    def short_claim(self, fact: SourceFact) -> str:
        return fact.claim[:90]

    @admin.display(description=_("decides questions"), ordering="n")
    def decides(self, fact: Any) -> int:
        return int(fact.n)

    @admin.display(description=_("published questions that rest on it"))
    def questions(self, fact: SourceFact) -> str:
        questions = Question.objects.filter(current_revision__fact_links__fact=fact)
        links = (
            (reverse("admin:questions_question_change", args=[question.pk]), question.code)
            for question in questions
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"

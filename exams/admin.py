"""Blueprints, attempts and key corrections at the authoring desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exams import bank_supply
from exams.models import Attempt, BlueprintSection, ExamBlueprint, Result
from questions.models import KeyCorrection


class ReadOnly:
    """Looked at, never written: staff looking at an attempt never change it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# --- blueprints -----------------------------------------------------------------------


class SectionInline(admin.TabularInline):
    model = BlueprintSection
    extra = 0
    fields = ("position", "domain", "chapter", "objective", "tag", "count", "weight")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_change(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("exams.view_examblueprint")


def _may_change(request: HttpRequest, blueprint: ExamBlueprint | None) -> bool:
    frozen = blueprint is not None and blueprint.opened_at is not None
    return not frozen and request.user.has_perm("exams.change_examblueprint")


@admin.register(ExamBlueprint)
class ExamBlueprintAdmin(admin.ModelAdmin):
    inlines = (SectionInline,)
    list_display = ("code", "edition", "title", "kind", "item_count", "minutes", "state")
    list_filter = ("kind", "subject")
    search_fields = ("code", "title_en", "title_ko")
    readonly_fields = ("edition", "opened_at", "closed_at")
    actions = ("open_blueprint", "close_blueprint", "write_next_edition")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        frozen = obj is None or obj.opened_at is not None
        return not frozen and request.user.has_perm("exams.change_examblueprint")

    def has_open_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("exams.change_examblueprint")

    @admin.display(description=_("state"))
    def state(self, blueprint: ExamBlueprint) -> str:
        if blueprint.opened_at is None:
            return str(_("draft"))
        return str(_("open") if blueprint.is_open else _("closed"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.edition = _next_edition(obj)
        super().save_model(request, obj, form, change)

    @admin.action(
        description=_("Open: check it and let learners start it"),
        permissions=["open"],
        location=ActionLocation.CHANGE_FORM,
    )
    def open_blueprint(self, request: HttpRequest, queryset: QuerySet[ExamBlueprint]) -> None:
        blueprint = queryset.get()
        if blueprint.opened_at is not None:
            messages.error(request, _("%s was opened already.") % blueprint)
            return
        places = bank_supply.places(blueprint.subject)
        if complaint := bank_supply.shortage(blueprint, places):
            messages.error(request, complaint)
            return
        open_edition(blueprint)
        self.log_change(request, blueprint, "Opened.")
        messages.success(request, _("%s is open.") % blueprint)

    @admin.action(
        description=_("Close: no new attempts"),
        permissions=["open"],
        location=ActionLocation.CHANGE_FORM,
    )
    def close_blueprint(self, request: HttpRequest, queryset: QuerySet[ExamBlueprint]) -> None:
        blueprint = queryset.get()
        if not blueprint.is_open:
            messages.error(request, _("%s is not open.") % blueprint)
            return
        blueprint.closed_at = timezone.now()
        blueprint.save()
        self.log_change(request, blueprint, "Closed.")
        messages.success(request, _("%s is closed.") % blueprint)

    @admin.action(
        description=_("Write the next edition"),
        permissions=["open"],
        location=ActionLocation.CHANGE_FORM,
    )
    def write_next_edition(
        self, request: HttpRequest, queryset: QuerySet[ExamBlueprint]
    ) -> HttpResponse:
        edition = copy_edition(queryset.get())
        return HttpResponseRedirect(reverse("admin:exams_examblueprint_change", args=[edition.pk]))


def _next_edition(blueprint: ExamBlueprint) -> int:
    editions = ExamBlueprint.objects.filter(subject=blueprint.subject, code=blueprint.code)
    return (editions.aggregate(last=Max("edition"))["last"] or 0) + 1


@transaction.atomic
def open_edition(blueprint: ExamBlueprint) -> None:
    """Open the edition; the one that was open is closed in the same moment."""
    now = timezone.now()
    for old in ExamBlueprint.objects.open().filter(subject=blueprint.subject, code=blueprint.code):
        old.closed_at = now
        old.save()
    blueprint.opened_at = now
    blueprint.save()


@transaction.atomic
def copy_edition(blueprint: ExamBlueprint) -> ExamBlueprint:
    """An unopened copy with its sections, as the next edition."""
    sections = list(blueprint.sections.all())
    blueprint.edition = _next_edition(blueprint)
    blueprint.pk = None
    blueprint._state.adding = True
    blueprint.opened_at = blueprint.closed_at = None
    blueprint.save()
    for section in sections:
        section.pk = None
        section.blueprint = blueprint
    BlueprintSection.objects.bulk_create(sections)
    return blueprint


# --- attempts and corrections: to look at ---------------------------------------------


class ResultInline(ReadOnly, admin.TabularInline):
    model = Result
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("exams.view_attempt")


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("started_at", "user", "blueprint", "number", "mode", "state", "closed_by")
    list_filter = ("state", "mode", "is_simulated", "blueprint__kind")
    list_select_related = ("user", "blueprint")
    search_fields = ("user__username",)
    exclude = ("guest_key", "seed")
    inlines = (ResultInline,)
    show_full_result_count = False


@admin.register(KeyCorrection)
class KeyCorrectionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("revision", "ruling", "made_by", "made_at")
    list_filter = ("ruling",)
    list_select_related = ("revision__question", "made_by")
    search_fields = ("revision__question__code",)

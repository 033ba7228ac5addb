"""Writing a revision: both languages side by side; read-only once it is published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from questions import content, publishing, shapes
from questions.admin.question import publish_and_tell
from questions.item_writing import flaws
from questions.models import Choice, QuestionRevision, Reference, RevisionFact, SourceFact


class FitTextForm(forms.ModelForm):
    """Refuses characters that cannot be kept or only hide something."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and (character := shapes.unfit_character(value)):
                message = _("Holds the character %s, which cannot be kept.") % character
                self.add_error(name, ValidationError(message))
        return cleaned


class FactLinkForm(forms.ModelForm):
    """The fact is written by its code: a list of 780 would be no help."""

    class Meta:
        model = RevisionFact
        fields = ("fact", "deciding")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = getattr(self, "subject", None)
        self.fields["fact"] = forms.ModelChoiceField(
            SourceFact.objects.filter(chapter__subject=subject) if subject
            else SourceFact.objects.none(),
            to_field_name="code",
            widget=forms.TextInput(attrs={"size": 8}),
            label=_("fact"),
            error_messages={"invalid_choice": _("There is no such fact in the subject.")},
        )  # fmt: skip
        if self.instance.pk:
            self.initial["fact"] = self.instance.fact.code


class PartInline:
    """What the inlines of a revision share: whoever may change the question may write them."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("questions.view_question")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_write(request, obj)

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


def may_write(request: HttpRequest, revision: QuestionRevision | None) -> bool:
    frozen = revision is not None and revision.is_frozen
    return not frozen and request.user.has_perm("questions.change_question")


class ChoiceInline(PartInline, admin.StackedInline):
    model = Choice
    form = FitTextForm
    fields = ("is_key", ("text_ko", "text_en"), ("rationale_ko", "rationale_en"))
    extra = 0
    formfield_overrides = {
        Choice._meta.get_field("text_en").__class__: {
            "widget": forms.Textarea(attrs={"rows": 3, "cols": 50})
        },
    }

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj is not None and obj.choices.exists() else 4


class FactInline(PartInline, admin.TabularInline):
    model = RevisionFact
    form = FactLinkForm
    fields = ("fact", "deciding", "claim")
    readonly_fields = ("claim",)
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[RevisionFact]:
        return super().get_queryset(request).select_related("fact")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        subject = obj.question.chapter.subject if obj else None
        kwargs["form"] = type("SubjectFactForm", (FactLinkForm,), {"subject": subject})
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("claim"))
    def claim(self, link: RevisionFact) -> str:
        return link.fact.claim if link.pk else "–"


class ReferenceInline(PartInline, admin.TabularInline):
    model = Reference
    extra = 1


@admin.register(QuestionRevision)
class QuestionRevisionAdmin(admin.ModelAdmin):
    form = FitTextForm
    inlines = (ChoiceInline, FactInline, ReferenceInline)
    list_display = ("__str__", "published_at", "review_requested_at", "change_note")
    list_select_related = ("question",)
    search_fields = ("question__code",)
    ordering = ("question__code", "-number")
    readonly_fields = ("about", "to_fix")
    fieldsets = (
        (None, {"fields": ("about", "to_fix", "change_note")}),
        (
            _("Question"),
            {
                "fields": (
                    ("stem_ko", "stem_en"),
                    ("deciding_phrase_ko", "deciding_phrase_en"),
                    ("explanation_ko", "explanation_en"),
                )
            },
        ),
    )
    actions = ("preview", "request_review", "publish")

    # --- who may do what: the question's permissions hold for its revisions

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # reached through the question

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("questions.view_question")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # opened from the question

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and may_write(request, obj)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("questions.publish_question")

    # --- what is shown

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionRevision]:
        fetched = super().get_queryset(request)
        return fetched.select_related("question__chapter__subject")

    @admin.display(description=_("question"))
    def about(self, revision: QuestionRevision) -> str:
        question = revision.question
        return format_html(
            '<a href="{}">{}</a> · {} · r{} · {}',
            reverse("admin:questions_question_change", args=[question.pk]),
            question.code,
            question.chapter,
            revision.number,
            _("published") if revision.is_frozen else _("draft"),
        )

    @admin.display(description=_("still to do"))
    def to_fix(self, revision: QuestionRevision) -> str:
        """What the item-writing rules say against the saved draft."""
        if revision.is_frozen:
            return "–"
        fetched = content.with_content(QuestionRevision.objects.filter(pk=revision.pk)).get()
        found = flaws(content.draft(content.record(fetched)))
        return "\n".join(f"{flaw.severity}: {flaw.message}" for flaw in found) or "–"

    # --- saving

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """New choices go to the end; their order means nothing, each attempt shuffles it."""
        if formset.model is Choice:
            last = form.instance.choices.aggregate(last=Max("position"))["last"] or 0
            for choice_form in formset.forms:
                if choice_form.instance.position is None:
                    last += 1
                    choice_form.instance.position = last
        super().save_formset(request, form, formset, change)

    # --- what can be done

    @admin.action(
        description=_("Preview as the learner sees it"),
        permissions=["view"],
        location=ActionLocation.CHANGE_FORM,
    )
    def preview(self, request: HttpRequest, queryset: QuerySet[QuestionRevision]) -> HttpResponse:
        revision = queryset.get()
        return HttpResponseRedirect(
            reverse("admin:questions_questionrevision_preview", args=[revision.pk])
        )

    @admin.action(
        description=_("Ask for a review"),
        permissions=["change"],
        location=ActionLocation.CHANGE_FORM,
    )
    def request_review(self, request: HttpRequest, queryset: QuerySet[QuestionRevision]) -> None:
        revision = queryset.get()
        if revision.is_frozen:
            messages.error(request, _("%s is published already.") % revision)
            return
        publishing.request_review(revision, timezone.now())
        self.log_change(request, revision, "Review requested.")
        messages.success(request, _("%s waits for its review.") % revision)

    @admin.action(
        description=_("Publish the saved draft"),
        permissions=["publish"],
        location=ActionLocation.CHANGE_FORM,
    )
    def publish(self, request: HttpRequest, queryset: QuerySet[QuestionRevision]) -> None:
        publish_and_tell(self, request, queryset.get().question)

    # --- preview

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        name = "questions_questionrevision_preview"
        return [path("<int:pk>/preview/", view, name=name), *super().get_urls()]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The item as the learner sees it, then with its key, in both languages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        fetched = content.with_content(QuestionRevision.objects.filter(pk=pk)).first()
        if fetched is None:
            raise Http404
        choices = list(fetched.choices.all())
        context = {
            "revision": fetched,
            "question": fetched.question,
            "pick_count": sum(choice.is_key for choice in choices),
            "sides": [_side(fetched, choices, language) for language in ("ko", "en")],
        }
        return TemplateResponse(request, "admin/questions/preview.html", context)


def _side(revision: QuestionRevision, choices: list[Choice], language: str) -> dict[str, Any]:
    """One language of the preview."""
    return {
        "language": language,
        "stem": getattr(revision, f"stem_html_{language}"),
        "explanation": getattr(revision, f"explanation_html_{language}"),
        "choices": [
            {
                "text": getattr(choice, f"text_html_{language}"),
                "rationale": getattr(choice, f"rationale_html_{language}"),
                "is_key": choice.is_key,
            }
            for choice in choices
        ],
    }

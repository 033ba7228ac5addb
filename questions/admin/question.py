"""A question's identity and history, and the way in and out as a sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from questions import markup, publishing
from questions.admin.transfer import SheetTransferMixin
from questions.models import Objective, Question, QuestionRevision

STATUSES = (
    ("draft", _("draft")),
    ("review", _("waiting for review")),
    ("published", _("published")),
    ("revising", _("published, next revision being written")),
    ("retired", _("retired")),
)


def with_status(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Adds ``has_draft``, ``in_review`` and the stem of the newest content."""
    drafts = QuestionRevision.objects.filter(question=OuterRef("pk"), published_at__isnull=True)
    return questions.annotate(
        has_draft=Exists(drafts),
        in_review=Exists(drafts.filter(review_requested_at__isnull=False)),
        newest_stem=Coalesce(Subquery(drafts.values("stem_ko")[:1]), "current_revision__stem_ko"),
        newest_stem_en=Coalesce(
            Subquery(drafts.values("stem_en")[:1]), "current_revision__stem_en"
        ),
    )


def status(question: Any) -> str:
    """A name of ``STATUSES``, for a question fetched ``with_status``."""
    if question.retired_at is not None:
        return "retired"
    if question.in_review:
        return "review"
    if question.current_revision_id is not None:
        return "revising" if question.has_draft else "published"
    return "draft"


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return STATUSES

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        conditions = {
            "draft": Q(current_revision__isnull=True, retired_at__isnull=True, in_review=False),
            "review": Q(in_review=True, retired_at__isnull=True),
            "published": Q(
                current_revision__isnull=False, retired_at__isnull=True, has_draft=False
            ),
            "revising": Q(
                current_revision__isnull=False, retired_at__isnull=True,
                has_draft=True, in_review=False,
            ),
            "retired": Q(retired_at__isnull=False),
        }  # fmt: skip
        condition = conditions.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(Question)
class QuestionAdmin(SheetTransferMixin, admin.ModelAdmin):
    list_display = ("code", "short_stem", "status", "chapter", "objective", "difficulty",
                    "is_sample")  # fmt: skip
    list_filter = (StatusFilter, "difficulty", "is_sample", "chapter", "objective")
    list_select_related = ("chapter", "objective")
    search_fields = ("code", "revisions__stem_en", "revisions__stem_ko")
    search_help_text = _("Code, or words of the stem")
    list_per_page = 50
    filter_horizontal = ("further_objectives", "tags")
    readonly_fields = ("status", "revision_list")
    fieldsets = (
        (None, {"fields": ("status", "revision_list")}),
        (
            _("Where it stands"),
            {
                "fields": (
                    "code", ("chapter", "objective"), "further_objectives",
                    ("difficulty", "is_sample"), "exclusion_group", "tags",
                )
            },
        ),
    )  # fmt: skip
    actions = ("preview", "write_next_revision", "publish", "retire", "bring_back")

    # --- what is shown

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        return with_status(super().get_queryset(request))

    def get_fieldsets(self, request: HttpRequest, obj: Question | None = None) -> Any:
        return self.fieldsets if obj else self.fieldsets[1:]

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> Any:
        # A code is never reused, so it never changes either.
        return (*self.readonly_fields, "code") if obj else self.readonly_fields

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "objective":
            kwargs["queryset"] = Objective.objects.select_related("domain")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("stem"))
    def short_stem(self, question: Any) -> str:
        return markup.plain(question.newest_stem or question.newest_stem_en or "–")[:90]

    @admin.display(description=_("status"))
    def status(self, question: Any) -> str:
        return str(dict(STATUSES)[status(question)])

    @admin.display(description=_("revisions"))
    def revision_list(self, question: Question) -> str:
        """Links to every revision, newest first."""
        rows = (
            (
                reverse("admin:questions_questionrevision_change", args=[revision.pk]),
                revision.number,
                _("published") if revision.is_frozen else _("draft"),
                revision.published_at.date().isoformat() if revision.published_at else "",
            )
            for revision in question.revisions.order_by("-number")
        )
        return format_html_join("", '<p><a href="{}">r{} · {} {}</a></p>', rows)

    # --- who may do what

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("questions.publish_question")

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """A code is never reused: a question is retired, not deleted."""
        return False

    # --- what can be done

    def response_add(
        self, request: HttpRequest, obj: Question, post_url_continue: str | None = None
    ) -> HttpResponse:
        """From the new question straight on to its draft."""
        draft = publishing.open_next_revision(obj)
        messages.success(request, _("%s is there: now write it.") % obj)
        return _to_revision(draft)

    @admin.action(
        description=_("Preview as the learner sees it"),
        permissions=["view"],
        location=ActionLocation.CHANGE_FORM,
    )
    def preview(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        revision = queryset.get().revisions.order_by("number").last()
        if revision is None:
            messages.error(request, _("There is nothing to preview yet."))
            return None
        return HttpResponseRedirect(
            reverse("admin:questions_questionrevision_preview", args=[revision.pk])
        )

    @admin.action(
        description=_("Write the next revision"),
        permissions=["change"],
        location=ActionLocation.CHANGE_FORM,
    )
    def write_next_revision(
        self, request: HttpRequest, queryset: QuerySet[Question]
    ) -> HttpResponse:
        return _to_revision(publishing.open_next_revision(queryset.get()))

    @admin.action(
        description=_("Publish the saved draft"),
        permissions=["publish"],
        location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
    )
    def publish(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        for question in queryset:
            publish_and_tell(self, request, question)

    @admin.action(
        description=_("Retire: ask it no more"),
        permissions=["publish"],
        location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
    )
    def retire(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        now = timezone.now()
        for question in queryset:
            try:
                publishing.retire(question, now)
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
                continue
            self.log_change(request, question, "Retired.")
            messages.success(request, _("%s is retired.") % question)

    @admin.action(
        description=_("Bring back from retirement"),
        permissions=["publish"],
        location=[ActionLocation.CHANGE_FORM, ActionLocation.CHANGE_LIST],
    )
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        for question in queryset:
            try:
                publishing.bring_back(question)
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
                continue
            self.log_change(request, question, "Brought back.")
            messages.success(request, _("%s is asked again.") % question)


def _to_revision(revision: QuestionRevision) -> HttpResponseRedirect:
    return HttpResponseRedirect(
        reverse("admin:questions_questionrevision_change", args=[revision.pk])
    )


def publish_and_tell(
    model_admin: admin.ModelAdmin, request: HttpRequest, question: Question
) -> bool:
    """Publish the question's draft; each message names the field that stands against it."""
    try:
        revision = publishing.publish(question, timezone.now())
    except ValidationError as error:
        for line in complaint_lines(question, error):
            messages.error(request, line)
        return False
    model_admin.log_change(request, question, f"Published r{revision.number}.")
    messages.success(request, _("%s is published.") % revision)
    return True


def complaint_lines(question: Question, error: ValidationError) -> list[str]:
    """``code · field: message`` for each message of the gate."""
    if not hasattr(error, "error_dict"):
        return error.messages
    lines = []
    for name, texts in error.message_dict.items():
        label = FIELD_LABELS.get(name) or label_for_field(name, QuestionRevision)
        lines += [f"{question} · {label}: {text}" for text in texts]
    return lines


FIELD_LABELS = {
    "choices": _("choices"),
    "facts": _("facts of the revision"),
    "references": _("references"),
    "objective": _("objective"),
}

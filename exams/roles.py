"""Who may do what at the authoring desk: two groups, made after each migration."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission

AUTHOR, REVIEWER = "author", "reviewer"
OUTLINE = ("subject", "domain", "objective", "chapter", "tag", "sourcefact")
AUTHOR_PERMISSIONS = frozenset(
    {
        "questions.view_question", "questions.add_question", "questions.change_question",
        "questions.add_sourcefact", "questions.change_sourcefact", "questions.add_tag",
        *(f"questions.view_{name}" for name in OUTLINE),
    }
)  # fmt: skip
REVIEWER_PERMISSIONS = AUTHOR_PERMISSIONS | {
    "questions.publish_question", "questions.correct_key", "questions.view_keycorrection",
    "exams.view_examblueprint", "exams.add_examblueprint", "exams.change_examblueprint",
    "exams.view_attempt",
    *(f"questions.{verb}_{name}" for verb in ("add", "change") for name in OUTLINE),
}  # fmt: skip
PERMISSIONS = {AUTHOR: AUTHOR_PERMISSIONS, REVIEWER: REVIEWER_PERMISSIONS}


def _permissions(names: frozenset[str]) -> list[Permission]:
    wanted = Permission.objects.select_related("content_type").filter(
        content_type__app_label__in={"questions", "exams"}
    )
    return [p for p in wanted if f"{p.content_type.app_label}.{p.codename}" in names]


def make_groups(**kwargs: Any) -> None:
    """Signal handler after a migration: a group that is there keeps what it was given."""
    for name, wanted in PERMISSIONS.items():
        found, created = Group.objects.get_or_create(name=name)
        if created:
            found.permissions.set(_permissions(wanted))

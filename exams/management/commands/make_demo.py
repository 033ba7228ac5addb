from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from exams import demo, drawing
from exams.models import ExamBlueprint

SEED = 2026


class Command(BaseCommand):
    help = "Make the demo's accounts and a learner with simulated history. Idempotent."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("Demo accounts are made in the demo only (CUTSCORE_DEMO=1).")
        self._author()
        learner, _ = get_user_model().objects.get_or_create(username="demo-learner")
        blueprints = {blueprint.code: blueprint for blueprint in ExamBlueprint.objects.open()}
        try:
            sat = demo.history(learner, blueprints, timezone.now(), SEED)
        except drawing.BankTooShort as short:
            raise CommandError(f"The bank cannot fill {short.section}.") from short
        self.stdout.write(f"{sat} simulated attempts")

    def _author(self) -> None:
        """An author who may also publish; the password is random and kept in DATA_DIR."""
        path = settings.DATA_DIR / "author-password"
        author, created = get_user_model().objects.get_or_create(
            username="author", defaults={"is_staff": True}
        )
        if created or not path.exists():
            password = secrets.token_urlsafe(9)
            author.set_password(password)
            author.save()
            path.write_text(password)
            path.chmod(0o600)
        author.groups.set([authors_group()])


def authors_group() -> Group:
    """Everything of the item bank and blueprints but deleting; attempts to look at."""
    group, _ = Group.objects.get_or_create(name="Authors")
    bank = Q(content_type__app_label="questions") & ~Q(codename__startswith="delete_")
    blueprints = Q(content_type__model__in=["examblueprint", "blueprintsection"]) & ~Q(
        codename__startswith="delete_"
    )
    parts = Q(content_type__model__in=["choice", "revisionfact", "reference"])
    looking = Q(content_type__app_label="exams", codename="view_attempt")
    group.permissions.set(Permission.objects.filter(bank | blueprints | parts | looking))
    return group

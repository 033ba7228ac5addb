"""Backstage: the people and sittings that the tour of every page needs, made once."""

from __future__ import annotations

import csv
import io
from typing import Any

SECRET = "JBSWY3DPEHPK3PXP"  # of the one-time codes; anything in base 32


def tour() -> dict[str, Any]:
    """Session keys by role, and the ids that addresses of pages are made of."""
    from tests.browser import backstage

    sessions = {
        "learner": backstage.person("toured"),
        "newcomer": backstage.person("untouched"),
        "guarded": _guarded(),
        "author": backstage.person("desk", role="author"),
        "boss": _superuser(),
    }
    return {
        "sessions": sessions,
        "ids": {
            "done": backstage.sit("toured", "full-mock"),
            "quiz": backstage.sit("toured", "quiz-route53"),
            "open": backstage.start("toured", "half-mock"),
            "short": backstage.start("toured", "quiz-iam-aws-cli"),
            "tutor": backstage.start("toured", "quiz-ec2-advanced", mode="tutor", time="none"),
            "reset": _reset_key("untouched"),
            "confirm": _confirmation_key("untouched"),
            **_desk(),
        },
    }


def _user(name: str) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=name)


def _superuser() -> str:
    from django.contrib.auth import get_user_model

    from tests.browser import backstage

    key = backstage.person("boss", role="author")
    get_user_model().objects.filter(username="boss").update(is_superuser=True)
    return key


def _guarded() -> str:
    """A learner with one-time codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    from tests.browser import backstage

    key = backstage.person("guarded")
    TOTP.activate(_user("guarded"), SECRET)
    RecoveryCodes.activate(_user("guarded"))
    return key


def _reset_key(name: str) -> str:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    user = _user(name)
    return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"


def _confirmation_key(name: str) -> str:
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC

    user = _user(name)
    address, _ = EmailAddress.objects.get_or_create(user=user, email=user.email)
    return EmailConfirmationHMAC(address).key


def _desk() -> dict[str, Any]:
    from exams.models import ExamBlueprint
    from questions import publishing
    from questions.models import Question, QuestionRevision, SourceFact

    published, changed = Question.objects.order_by("code")[:2]
    draft = publishing.open_next_revision(changed)
    return {
        "question": published.pk,
        "revision": QuestionRevision.objects.filter(question=published).latest("number").pk,
        "draft": draft.pk,
        "blueprint": ExamBlueprint.objects.get(code="full-mock").pk,
        "fact": SourceFact.objects.order_by("code")[0].pk,
    }


def sheet(broken: bool = False) -> str:
    """The first questions as the desk exports them, as CSV; with a flaw when asked for."""
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.force_login(_user("desk"), backend="django.contrib.auth.backends.ModelBackend")
    data = {"format": "0", "resource": "0"}
    text = client.post("/admin/questions/question/export/", data).content.decode()
    rows = list(csv.reader(io.StringIO(text)))[:6]
    if broken:
        rows[1][rows[0].index("difficulty")] = "tough"
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue()

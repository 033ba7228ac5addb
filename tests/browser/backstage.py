"""A process with the ORM that browser tests ask, a JSON line each way.

Playwright's event loop and Django's ORM do not share a thread, so the tests themselves never
touch a model. ``python -m tests.browser.backstage`` serves; ``Backstage`` is the asking side.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.browser import cast

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"


class Backstage:
    """``backstage("person", name="kim")`` calls the function of that name over there."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.backstage"],
            cwd=ROOT, env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, action: str, **arguments: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        print(json.dumps([action, arguments]), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the backstage process ended during {action!r}")
        reply = json.loads(line)
        if "error" in reply:
            raise RuntimeError(f"backstage {action!r}: {reply['error']}")
        return reply["value"]

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


# --- what can be asked for --------------------------------------------------------------


def prepare() -> None:
    """The database with the shipped subject."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_subject", verbosity=0, stdout=sys.stderr)


def person(name: str, role: str = "") -> str:
    """An account and a session of it; returns the session's key. Roles come from the demo."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from exams.management.commands.make_demo import authors_group

    user, created = get_user_model().objects.get_or_create(
        username=name, defaults={"email": f"{name}@example.com", "is_staff": role == "author"}
    )
    if created:
        user.set_password(PASSWORD)
        user.save()
    if role == "author":
        user.groups.set([authors_group()])
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def _owner(name: str) -> Any:
    from django.contrib.auth import get_user_model

    from exams.models import Owner

    return Owner(user=get_user_model().objects.get(username=name))


def _blueprint(code: str) -> Any:
    from exams.models import ExamBlueprint

    return ExamBlueprint.objects.open().select_related("subject").get(code=code)


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def start(name: str, blueprint: str, mode: str = "exam", time: str = "x1", seed: int = 7) -> str:
    """An open attempt; returns its id."""
    from exams import attempts

    made = attempts.start(
        _owner(name), _blueprint(blueprint), mode=mode, accommodation=time, seed=seed, now=_now()
    )
    return str(made.pk)


def sit(name: str, blueprint: str, seed: int = 7) -> str:
    """A whole simulated sitting, scored; returns its id."""
    from collections import defaultdict

    from exams import demo

    ability: dict[int, float] = defaultdict(lambda: 0.4)
    made = demo.sit(
        _owner(name), _blueprint(blueprint), mode="exam", ability=ability, seed=seed,
        started=_now() - timedelta(days=2),
    )  # fmt: skip
    return str(made.pk)


def attempt(pk: str) -> dict[str, Any]:
    from exams.models import Attempt

    found = Attempt.objects.get(pk=pk)
    return {
        "state": found.state,
        "closed_by": found.closed_by,
        "rev": found.rev,
        "results": found.results.count(),
        "events": list(found.events.values_list("kind", flat=True)),
    }


def open_attempt(name: str) -> str:
    """The id of the one attempt that this person has."""
    from exams.models import Attempt

    return str(Attempt.objects.owned_by(_owner(name)).get().pk)


def _numbers(item: Any, choices: Collection[int]) -> list[int]:
    """The choices' numbers as shown on the paper."""
    return [number for number, pk in enumerate(item.choice_order, 1) if pk in choices]


def responses(pk: str) -> list[dict[str, Any]]:
    """Every stored state in the order of arrival, with choice numbers as shown."""
    from exams.models import Response

    rows = Response.objects.filter(attempt=pk).select_related("item").order_by("rev")
    return [
        {
            "item": row.item.position,
            "client": row.client_id,
            "seq": row.seq,
            "selected": [
                n for n, choice in enumerate(row.item.choice_order, 1) if choice in row.selected
            ],
            "struck": [n for n, pk in enumerate(row.item.choice_order, 1) if pk in row.struck],
            "flagged": row.flagged,
            "sure": row.sure,
            "language": row.language,
        }
        for row in rows
    ]


def keys(pk: str) -> dict[int, list[int]]:
    """The numbers, as shown, of each item's right choices."""
    from exams import marking
    from exams.models import AttemptItem

    items = list(AttemptItem.objects.filter(attempt=pk))
    right = marking.keys_in_force([item.revision_id for item in items])
    return {item.position: _numbers(item, right[item.revision_id].keys) for item in items}


def secrets(pk: str) -> dict[int, list[str]]:
    """Per item a piece of every text that only an explanation may show, in both languages."""
    from exams.models import AttemptItem

    items = AttemptItem.objects.filter(attempt=pk).prefetch_related("revision__choices")
    return {
        item.position: [
            text
            for choice in item.revision.choices.all()
            for text in (choice.rationale_en, choice.rationale_ko)
            if len(text) > 20
        ]
        for item in items
    }


def ends_in(pk: str, seconds: float) -> None:
    """Let the attempt's time run out soon, as if it had been started earlier."""
    from django.conf import settings

    from exams.models import Attempt

    deadline = _now() + timedelta(seconds=seconds)
    found = Attempt.objects.filter(pk=pk)
    was = found.get()
    assert was.deadline
    whole = was.deadline - was.started_at
    found.update(
        started_at=deadline - whole, deadline=deadline, grace_until=deadline + settings.GRACE
    )


def move_deadline(pk: str, seconds: float) -> None:
    """What staff do: more time from now, with a reason."""
    from exams import attempts
    from exams.models import Attempt

    found = Attempt.objects.get(pk=pk)
    assert found.deadline
    deadline = found.deadline + timedelta(seconds=seconds)
    attempts.move_deadline(found, deadline, reason="fire alarm", by=None, now=_now())


ACTIONS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        prepare, person, start, sit, attempt, open_attempt, responses, keys, secrets, ends_in,
        move_deadline, cast.tour, cast.sheet,
    )
}  # fmt: skip


def serve() -> None:
    """Answer until the asking side closes."""
    import django

    django.setup()
    for line in sys.stdin:
        action, arguments = json.loads(line)
        try:
            reply: dict[str, Any] = {"value": ACTIONS[action](**arguments)}
        except Exception as error:  # noqa: BLE001 - told to the asking side
            reply = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(f"{json.dumps(reply)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()

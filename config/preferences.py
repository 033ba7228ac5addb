"""How a person wants the pages to look: small cookies, so that reading never writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from questions.localised import current

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "text": ("100", "112", "125", "150"),
    "content": ("ui", "ko", "en"),
    "shortcuts": ("on", "off"),
    "clock": ("shown", "hidden"),
    "time": ("x1", "esl", "x1.5", "x2"),
}
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    theme: str = "system"
    text: str = "100"
    content: str = "ui"
    shortcuts: str = "on"
    clock: str = "shown"
    time: str = "x1"

    @property
    def content_language(self) -> str:
        """``"ko"`` or ``"en"``: the language questions are shown in first."""
        return current() if self.content == "ui" else self.content


def read(request: HttpRequest) -> Preferences:
    """The request's preferences; an unknown value counts as unset."""
    values = {
        name: value
        for name, allowed in CHOICES.items()
        if (value := request.COOKIES.get(f"pref-{name}", "")) in allowed
    }
    return Preferences(**values)


def write(response: HttpResponse, name: str, value: str) -> None:
    """Keep one preference for a year. Raises ValueError for an unknown name or value."""
    if value not in CHOICES.get(name, ()):
        raise ValueError(f"{name} cannot be {value!r}")
    response.set_cookie(
        f"pref-{name}", value, max_age=YEAR, samesite="Lax", secure=not settings.INSECURE
    )


def context(request: HttpRequest) -> dict[str, Any]:
    """For every template: the preferences and the interface language."""
    return {"preferences": read(request), "language": current(), "demo": settings.DEMO}

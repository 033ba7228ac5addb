"""Reading paired ``_en``/``_ko`` columns in the language that is being shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

LANGUAGES = ("ko", "en")


def current() -> str:
    """The content language of this request: ``"ko"`` or ``"en"``."""
    return "ko" if (get_language() or "en").startswith("ko") else "en"


def other(language: str) -> str:
    return "en" if language == "ko" else "ko"


def localised(obj: Any, name: str, language: str | None = None) -> str:
    """``obj.<name>_<language>``, or the other language's text where that one is empty."""
    language = language or current()
    return getattr(obj, f"{name}_{language}") or getattr(obj, f"{name}_{other(language)}")

"""Template filters for bilingual content."""

from __future__ import annotations

from urllib.parse import urlparse

from django import template

from questions.localised import localised
from questions.models import SourceFact

register = template.Library()


@register.filter
def claim(fact: SourceFact, language: str) -> str:
    """What the fact says in ``language``: its correction where it has one."""
    return localised(fact, "correction", language) or localised(fact, "statement", language)


@register.filter
def page_name(url: str) -> str:
    """A short readable name for a documentation address: site and last part of the path."""
    parts = urlparse(url)
    last = parts.path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".html")
    return f"{parts.netloc} › {last}" if last else parts.netloc

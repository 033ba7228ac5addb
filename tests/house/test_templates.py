"""Templates compile, and hold nothing that the strict content security policy would block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.house.source import TEMPLATES, templates

BLOCKED = {
    "an inline style": re.compile(r"<style|\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "a file from elsewhere": re.compile(
        r"<(?:script|link|img|iframe)[^>]*(?:src|href)=.https?:", re.I
    ),
}


def blocked(html: str) -> list[str]:
    return [name for name, pattern in BLOCKED.items() if pattern.search(html)]


@pytest.mark.parametrize("path", templates(), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_a_template_compiles_and_holds_nothing_inline(path: Path) -> None:
    get_template(str(path.relative_to(TEMPLATES)))
    assert blocked(path.read_text()) == []


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ('<p style="color: red">', "an inline style"),
        ('<button class="x" onclick="go()">', "an inline handler"),
        ("<script>go()</script>", "an inline script"),
        ('<a href="javascript:go()">', "a javascript: address"),
        ('<script src="https://cdn.example.com/x.js"></script>', "a file from elsewhere"),
    ],
)
def test_what_the_policy_would_block_is_found(html: str, name: str) -> None:
    assert name in blocked(html)


def test_every_form_that_posts_carries_a_token() -> None:
    """A form with method post has action, and the CSRF token before it ends."""
    bare = []
    for path in templates():
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.S):
            if "csrf_token" not in form or "action=" not in form.partition(">")[0]:
                bare.append(f"{path.relative_to(TEMPLATES)}: {form[:80]}")
    assert bare == []

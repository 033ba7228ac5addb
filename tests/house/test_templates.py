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


def bare_forms(html: str) -> list[str]:
    """Forms that post but lack an action, or the CSRF token before they end."""
    forms = re.findall(r'<form[^>]*method="post".*?</form>', html, re.S)
    return [f for f in forms if "csrf_token" not in f or "action=" not in f.partition(">")[0]]


def test_every_form_that_posts_carries_a_token_and_says_where_to() -> None:
    found = {path.name: bare_forms(path.read_text()) for path in templates()}
    assert {name: forms for name, forms in found.items() if forms} == {}


def test_a_form_without_token_or_action_is_found() -> None:
    assert bare_forms('<form method="post" action="/x/"><button></form>')
    assert bare_forms('<form method="post">{% csrf_token %}</form>')
    assert not bare_forms('<form method="post" action="/x/">{% csrf_token %}</form>')

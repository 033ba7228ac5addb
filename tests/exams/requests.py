"""What a browser sends to an attempt's endpoints."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from exams.models import Attempt, Owner
from exams.owners import remember

TOKENS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce-|nonce=")[\w/+=-]+')


def url(name: str, attempt: Attempt, *more: Any) -> str:
    return reverse(name, args=[attempt.pk, *more])


def message(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A batch of version 1; ``entry(...)`` makes its entries."""
    return {"v": 1, "client_id": "tab", "base_rev": 0, "entries": list(entries)} | changes


def entry(item: int, seq: int, *selected: int, **changes: Any) -> dict[str, Any]:
    return {"item": item, "seq": seq, "selected": list(selected)} | changes


def post(client: Client, where: str, body: Any) -> Any:
    return client.post(where, body, content_type="application/json")


def save(client: Client, attempt: Attempt, *entries: dict[str, Any], **changes: Any) -> Any:
    return post(client, url("answers", attempt), message(*entries, **changes))


def submit(client: Client, attempt: Attempt, **changes: Any) -> Any:
    return post(client, url("submit", attempt), {"v": 1, "client_id": "tab"} | changes)


def body(response: Any) -> tuple[int, bytes, dict[str, str]]:
    """Status, content without tokens, and headers without cookies."""
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return response.status_code, TOKENS.sub(rb"\1", response.content), headers


def visitor(key: str) -> Client:
    """A browser with the cookie that a visitor is given."""
    client, response = Client(), HttpResponse()
    remember(response, Owner(guest_key=key))
    client.cookies = response.cookies
    return client

"""Every answer, also a refusal, carries the headers that keep the browser strict."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

PATHS = {
    "/": 200, "/exams/": 200, "/accounts/login/": 200, "/accounts/signup/": 200, "/help/": 200,
    "/settings/": 200, "/healthz": 200, "/history/": 302, "/nothing/": 404, "/admin/": 302,
    "/attempts/00000000-0000-0000-0000-000000000000/": 302,
}  # fmt: skip


@pytest.mark.parametrize(("path", "status"), PATHS.items())
def test_the_headers_of(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_pages_are_compressed_in_transit(client: Client) -> None:
    answer = client.get("/help/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_page_that_does_not_exist_says_so_in_the_sites_own_words(client: Client) -> None:
    assert client.get("/nothing/").templates[0].name == "404.html"

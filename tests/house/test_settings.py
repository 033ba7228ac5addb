"""The unsafe defaults hold in the demo on loopback only; production asks for what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

ASK = (
    "from config import settings as s; "
    "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG)"
)


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of its own, with nothing else in the environment."""
    clean = {"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite://"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=clean | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_does_not_start_without_a_secret_key() -> None:
    refused = run(ASK)
    assert refused.returncode != 0
    assert "SECRET_KEY" in refused.stderr


def test_production_has_secure_cookies_bound_to_its_host() -> None:
    assert run(ASK, SECRET_KEY="s" * 60).stdout.split() == [
        "__Host-sessionid", "True", "True", "False",
    ]  # fmt: skip


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "exams.example.org"])
def test_the_demo_serves_nothing_but_loopback(host: str, tmp_path: Path) -> None:
    refused = run(ASK, CUTSCORE_DEMO="1", HOST=host, DATA_DIR=str(tmp_path))
    assert refused.returncode != 0
    assert "loopback" in refused.stderr
    assert not (tmp_path / "secret-key").exists()


def test_the_demo_keeps_its_secret_key_to_itself(tmp_path: Path) -> None:
    code = "from config import settings as s; print(s.SECRET_KEY)"
    environment = {"CUTSCORE_DEMO": "1", "HOST": "127.0.0.1", "DATA_DIR": str(tmp_path)}
    first, second = run(code, **environment), run(code, **environment)
    assert first.stdout == second.stdout
    assert len(first.stdout) > 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_sqlite_waits_its_turn_and_syncs_each_commit() -> None:
    from config import settings as site

    options = site.SQLITE_OPTIONS
    begins = str(options["init_command"])
    assert options["transaction_mode"] == "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        assert f"PRAGMA {pragma}" in begins


def test_no_view_runs_in_a_transaction_unasked() -> None:
    """With IMMEDIATE, ``ATOMIC_REQUESTS`` would give each page the one write lock."""
    from config import settings as site

    assert not site.DATABASES["default"].get("ATOMIC_REQUESTS", False)
    assert not site.SESSION_SAVE_EVERY_REQUEST


def test_the_content_security_policy_takes_nothing_inline_or_from_elsewhere() -> None:
    from config import settings as site

    allowed = {str(source) for sources in site.SECURE_CSP.values() for source in sources}
    assert allowed <= {"'self'", "'none'", "data:"}
    assert [str(s) for s in site.SECURE_CSP["script-src"]] == ["'self'"]

"""The real server in a process group of its own: started, killed, started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from drills.browsers import Browser, Seat
from drills.databases import Database

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 40


class Site:
    """``manage.py serve`` on a free loopback port; a context that ends with the server."""

    def __init__(
        self, database: Database, folder: Path, *, fault: str = "", sweep_seconds: int = 0
    ) -> None:
        self.port = _free_port()
        self.log = folder / f"site-{self.port}.log"
        self._environment = environment(database, folder, fault) | {
            "SWEEP_SECONDS": str(sweep_seconds)
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._browsers: list[Browser] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        for browser in self._browsers:
            browser.close()
        self._end(signal.SIGTERM)

    def browser(self, seat: Seat, client: str = "tab") -> Browser:
        """Somebody's browser, closed with the server."""
        self._browsers.append(Browser(self.port, seat, client))
        return self._browsers[-1]

    def start(self) -> float:
        """Start and wait until it answers; returns the seconds. Raises RuntimeError."""
        begun = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own server
                [sys.executable, "manage.py", "serve", "--port", str(self.port)],
                cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > begun + START_SECONDS:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        return time.monotonic() - begun

    def kill(self) -> None:
        """SIGKILL to every process of the server at once."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        os.killpg(self._process.pid, how)  # the group we started: its leader is our child
        try:
            self._process.wait(25)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True  # it answers, if only that the database does not
        except OSError:
            return False


def environment(database: Database, folder: Path, fault: str = "") -> dict[str, str]:
    """What a process of the site needs to know, the rest inherited."""
    chosen = {
        "DJANGO_SETTINGS_MODULE": "drills.settings",
        "CUTSCORE_TESTING": "1",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database.address,
        "DRILL_FAULT": fault,
    }
    return {k: v for k, v in os.environ.items() if k != "CUTSCORE_DEMO"} | chosen


def manage(
    database: Database, folder: Path, *arguments: str, fault: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a management command to its end, at most three minutes."""
    return subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment(database, folder, fault),
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

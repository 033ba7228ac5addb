"""The real server on a free port, with a database and a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.browser.backstage import ROOT, Backstage

STARTS_WITHIN = 30


class Site:
    """A running site: ``url``, and ``backstage`` to make and read what lies behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "CUTSCORE_DEMO", "DEBUG", "PYTEST_CURRENT_TEST"}
        } | {
            "CUTSCORE_TESTING": "1",
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "GUEST_STARTS_PER_HOUR": "1000",
            "PYTHONWARNINGS": "default",
        }
        self.backstage = Backstage(self.environment)
        self.backstage("prepare")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            cwd=ROOT, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        said = (self.folder / "server.log").read_text()
        raise RuntimeError(f"the server did not start:\n{said[-2000:]}")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()
        self.backstage.close()

    def session_cookie(self, key: str) -> Any:
        return self.cookie("sessionid", key)

    def cookie(self, name: str, value: str) -> Any:
        return {"name": name, "value": value, "url": self.url}


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])

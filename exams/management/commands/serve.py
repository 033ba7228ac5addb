from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


class Command(BaseCommand):
    help = "Serve the site with granian; HOST, PORT and WORKERS are honoured."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--workers", type=int, default=int(os.environ.get("WORKERS", "1")))
        parser.add_argument("--threads", type=int, default=int(os.environ.get("THREADS", "8")))

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        self.stdout.write(self._welcome(f"http://{host}:{port}"))
        self.stdout.flush()
        Granian(
            "config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=options["threads"],
            log_access=False,
            log_level=LogLevels.error,
            workers_kill_timeout=20,
        ).serve()

    def _welcome(self, url: str) -> str:
        lines = [f"Ready   {url}"]
        if settings.DEMO:
            password = (settings.DATA_DIR / "author-password").read_text().strip()
            lines += [
                f"  Try it      {url}/               no sign-up",
                f"  Learner     {url}/demo/learner/  a learner with months of history (simulated)",
                f"  Author      {url}/admin/         author / {password}",
            ]
        return "\n".join([*lines, f"Data in {settings.DATA_DIR}. Stop with Ctrl+C."])

"""A place to drill in: one database prepared once, with learners in open exams."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from drills.browsers import Browser, Seat
from drills.databases import Database, PostgresStore, SQLiteStore
from drills.site import ROOT, Site, environment
from tests.postgres import Server


class House:
    """``store`` hands out databases, ``seats`` are the learners in each of them."""

    def __init__(self, folder: Path, store: SQLiteStore | PostgresStore, seats: int) -> None:
        self.folder, self.store = folder, store
        made = self.stage(store.stage, "sitters", str(seats))
        self.seats = [Seat(**seat) for seat in json.loads(made)]

    @property
    def kind(self) -> str:
        return self.store.kind

    def stage(self, database: Database, *arguments: str) -> str:
        """Run ``drills.stage`` on a database; returns what it printed."""
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "drills.stage", *arguments],
            cwd=ROOT, env=environment(database, self.folder), stdout=subprocess.PIPE, text=True,
            timeout=180, check=True,
        )  # fmt: skip
        return done.stdout

    def site(self, database: Database, *, fault: str = "", sweep_seconds: int = 0) -> Site:
        return Site(database, self.folder, fault=fault, sweep_seconds=sweep_seconds)

    def browsers(self, site: Site, count: int, client: str = "tab") -> Sequence[Browser]:
        """One browser for each of the first ``count`` learners."""
        return [site.browser(seat, client) for seat in self.seats[:count]]


@contextmanager
def sqlite(seats: int) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="cutscore-drills-") as name:
        folder = Path(name)
        yield House(folder, SQLiteStore(folder), seats)


@contextmanager
def postgresql(seats: int, place: Path | None = None) -> Iterator[House]:
    """A PostgreSQL of its own that syncs every commit; its folder is made in ``place``."""
    with tempfile.TemporaryDirectory(prefix="cutscore-drills-", dir=place) as name:
        folder = Path(name)
        (folder / "postgres").mkdir()
        folder.chmod(0o755)
        server = Server(folder / "postgres", durable=True)
        server.create()
        server.start()
        try:
            yield House(folder, PostgresStore(server), seats)
        finally:
            server.stop()

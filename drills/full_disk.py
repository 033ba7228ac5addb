"""The disk under the database fills up and is freed again."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from drills import house as houses
from drills import outage
from drills.browsers import Crowd
from drills.databases import Database, SQLiteStore
from drills.house import House
from drills.report import Outcome
from drills.site import Site

SQLITE_MB, POSTGRESQL_MB = 12, 200
CHUNK = 64 * 1024


def run(house: House, *, threads: int = 4, rounds: int = 2, seen: int = 12) -> Outcome:
    """503 while nothing fits, nothing acknowledged lost, at work again when there is room."""
    megabytes = SQLITE_MB if isinstance(house.store, SQLiteStore) else POSTGRESQL_MB
    did = f"a disk of {megabytes} MB filled and freed, {rounds} times"
    outcome = Outcome("full disk", house.kind, did)
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(megabytes))
        except (OSError, subprocess.CalledProcessError):
            outcome.skipped = "a small file system can be mounted by root only"
            return outcome
        if not isinstance(house.store, SQLiteStore):
            house = stack.enter_context(houses.postgresql(threads, disk))
        database: Database = house.store.fresh("full", disk)
        site = stack.enter_context(Site(database, disk))
        browsers = house.browsers(site, threads)
        longest = 0.0
        with Crowd(browsers, threads):
            for _ in range(rounds):
                outage.settle(browsers)
                with filled(disk):
                    outage.watch_refusals(outcome, browsers, seen)
                longest = max(longest, outage.back(outcome, browsers))
        outage.conclude(outcome, database, browsers, longest)
    return outcome


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system in memory. Raises OSError or CalledProcessError where none may be mounted."""
    if os.geteuid() != 0:
        raise PermissionError
    with tempfile.TemporaryDirectory(prefix="cutscore-disk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
        subprocess.run(mount, check=True, capture_output=True)  # noqa: S603
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)  # noqa: S603, S607


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (CHUNK, 512, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    try:
        yield
    finally:
        filler.unlink()

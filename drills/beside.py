"""Saves while something else is at work on the database: an import, a backup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from drills import outage, witness
from drills.browsers import Ack, Browser, Crowd, all_acks, all_replies, p95_ms
from drills.databases import Database, PostgresStore, SQLite
from drills.house import House
from drills.report import Outcome
from drills.site import manage
from tests import postgres


def writers(house: House, *, subjects: int = 4, threads: int = 6) -> Outcome:
    """No save is refused or lost, nor waits long, while a second process loads questions."""
    did = f"{subjects} imports of 130 questions beside {threads} learners without pause"
    outcome = Outcome("writers", house.kind, did)
    database = house.store.fresh("writers")
    folder = house.folder / "banks"
    house.stage(database, "banks", str(folder), str(subjects))
    with house.site(database) as site:
        browsers = house.browsers(site, threads)
        with Crowd(browsers, threads):
            outage.settle(browsers)
            for n in range(1, subjects + 1):
                done = manage(database, house.folder, "load_subject", str(folder / str(n)))
                outcome.check(done.returncode == 0, f"import {n}: {done.stderr[-200:]}")
    _conclude(outcome, database, browsers)
    return outcome


def _conclude(outcome: Outcome, database: Database, browsers: Sequence[Browser]) -> None:
    acks, replies = all_acks(browsers), all_replies(browsers)
    outcome.acknowledged, outcome.lost = len(acks), len(witness.lost(database, acks))
    refused = sum(reply.status != 200 for reply in replies)
    wait = p95_ms(replies)
    outcome.figures |= {"refused": refused, "p95": f"{wait} ms"}
    outcome.check(not refused, f"{refused} saves were refused")


def backup(house: House, *, rounds: int = 2, threads: int = 6, fault: str = "") -> Outcome:
    """Nothing acknowledged before a backup began is missing from what is restored of it."""
    did = f"{rounds} backups beside {threads} learners without pause, each restored"
    outcome = Outcome("backup", house.kind, did)
    database = house.store.fresh(f"backup{fault}")
    found = 0
    with house.site(database) as site:
        browsers = house.browsers(site, threads)
        with Crowd(browsers, threads):
            for n in range(rounds):
                outage.settle(browsers)
                path = house.folder / f"copy-{n}{fault}"
                done = manage(database, house.folder, "backup", str(path), fault=fault)
                outcome.check(done.returncode == 0, f"backup: {done.stderr[-200:]}")
                if done.returncode == 0:
                    before = _before(path, all_acks(browsers))
                    missing = _missing(outcome, house, database, path, before)
                    outcome.lost += missing
                    found += len(before) - missing
    beside = Outcome("", "", "")
    _conclude(beside, database, browsers)
    outcome.broken += beside.broken
    outcome.lost += beside.lost
    outcome.acknowledged = found + outcome.lost
    outcome.figures = beside.figures
    return outcome


def _before(path: Path, acks: Sequence[Ack]) -> list[Ack]:
    """What was acknowledged before the backup began, by its manifest."""
    manifest = json.loads(path.with_name(path.name + ".manifest.json").read_text())
    began = datetime.fromisoformat(manifest["began_at"]).timestamp()
    return [ack for ack in acks if ack.came < began]


def _missing(
    outcome: Outcome, house: House, database: Database, path: Path, before: Sequence[Ack]
) -> int:
    """Check a copy with the command, restore it, and count what it lacks."""
    checked = manage(database, house.folder, "restore_check", str(path))
    outcome.check(checked.returncode == 0, f"restore_check: {checked.stderr[-200:]}")
    return len(witness.lost(_restored(house, path), before))


def _restored(house: House, path: Path) -> Database:
    """The copy as a database: a SQLite file is one, a dump goes into an empty one."""
    if not isinstance(house.store, PostgresStore):
        return SQLite(path)
    empty = house.store.empty(f"restored-{path.name}")
    postgres.restore(path, empty.address)
    return empty

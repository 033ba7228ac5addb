"""The attempt's life: the only code that writes attempts (docs/save-protocol.md).

Every change takes the attempt's lock first (``FOR UPDATE`` on PostgreSQL, ``BEGIN IMMEDIATE``
on SQLite), then checks, then writes, in one transaction. The clock and the dice are arguments.
"""

from exams.attempts.closing import close_if_overdue, submit, sweep
from exams.attempts.common import NotFoundError, RefusedError
from exams.attempts.saving import SaveReply, reveal, save
from exams.attempts.starting import start
from exams.attempts.upkeep import adopt, erase, move_deadline, rescore, void

__all__ = [
    "NotFoundError",
    "RefusedError",
    "SaveReply",
    "adopt",
    "close_if_overdue",
    "erase",
    "move_deadline",
    "rescore",
    "reveal",
    "save",
    "start",
    "submit",
    "sweep",
    "void",
]

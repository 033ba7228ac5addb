"""A slow beat inside the server process, so that a forgotten cron job does no harm."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from exams import attempts
from exams.models import Attempt

logger = logging.getLogger("cutscore.sweeper")


# Of all that close, only the sweeper comes unasked, so it comes last: SQLite waits for its lock
# longer than ``LOCK_TIMEOUT`` and gives it to whoever asks at the right moment, not to whoever
# asked first, and a save needs a moment from its arrival to its first try.
PATIENCE = timedelta(seconds=5)


def sweep_now() -> int:
    """Close what is overdue for ``PATIENCE``; returns how many. Failures are logged, not raised."""
    return attempts.sweep(timezone.now() - PATIENCE, _log_failure)


def _log_failure(attempt: Attempt, error: Exception) -> None:
    logger.error("attempt %s could not be closed: %s", attempt.pk, error, exc_info=error)


def start() -> None:
    """Begin sweeping every ``SWEEP_INTERVAL`` in a daemon thread; zero switches it off."""
    if settings.SWEEP_INTERVAL:
        threading.Thread(target=_beat, name="sweeper", daemon=True).start()


def _beat() -> None:
    pause = threading.Event()
    while not pause.wait(settings.SWEEP_INTERVAL.total_seconds()):
        close_old_connections()
        try:
            if closed := sweep_now():
                logger.info("closed %d overdue attempts", closed)
        except Exception:  # the database may be away; the next beat tries again
            logger.exception("the sweep failed")
        finally:
            close_old_connections()

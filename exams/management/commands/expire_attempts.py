from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from exams import sweeper


class Command(BaseCommand):
    help = "Close and score attempts whose time has run out (for cron or a timer)."

    def handle(self, *args: Any, **options: Any) -> None:
        closed = total = sweeper.sweep_now()
        while closed:  # a sweep takes a hundred at a time
            closed = sweeper.sweep_now()
            total += closed
        self.stdout.write(f"{total} attempts closed")

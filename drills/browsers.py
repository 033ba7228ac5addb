"""A learner's browser as the server sees it: a kept connection, a queue, a record of replies."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

ITEMS, CHOICES = 65, 4
PAUSE_SECONDS = 0.05  # before a retry


@dataclass(frozen=True, slots=True)
class Seat:
    """A signed-in learner in an open attempt."""

    attempt: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``status`` 0: nothing did. Times are seconds of the wall clock."""

    status: int
    sent: float
    came: float
    body: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    retry_after: str = ""

    @property
    def seconds(self) -> float:
        return self.came - self.sent


@dataclass(frozen=True, slots=True)
class Ack:
    """A promise the server made: this client's state of this item is stored."""

    attempt: str
    client: str
    seq: int
    item: int
    pick: int
    rev: int
    came: float


class Browser:
    """One client of one attempt. ``acks`` is what it was promised, ``replies`` all it heard."""

    def __init__(self, port: int, seat: Seat, client: str = "tab") -> None:
        self.port, self.seat, self.client = port, seat, client
        self.seq = self.rev = 0
        self.acks: list[Ack] = []
        self.replies: list[Reply] = []
        self.heard: dict[int, list[int]] = {}  # by item what another client chose last
        self._connection: http.client.HTTPConnection | None = None
        self._pending: dict[str, Any] | None = None
        self._dice = random.Random(f"{seat.attempt} {client}")

    def step(self) -> Reply:
        """Send what is pending, or a new choice."""
        if self._pending is None:
            self.choose(self._dice.randint(1, ITEMS), self._dice.randint(1, CHOICES))
        return self.flush()

    def choose(self, item: int, pick: int) -> int:
        """Queue a choice; returns its sequence number."""
        self.seq += 1
        self._pending = {"item": item, "seq": self.seq, "selected": [pick]}
        return self.seq

    def flush(self) -> Reply:
        """Send the pending entry once; with none, ask for news."""
        entries = [self._pending] if self._pending else []
        message = {"v": 1, "client_id": self.client, "base_rev": self.rev, "entries": entries}
        reply = self.post("answers", message)
        if reply.status == 200:
            self._note(reply)
        if reply.status in {409, 422}:
            self._pending = None
        return reply

    def _note(self, reply: Reply) -> None:
        entry, body = self._pending, reply.body
        if entry and body["acked"].get(str(entry["item"])) == entry["seq"]:
            item, pick = entry["item"], entry["selected"][0]
            rev = body["rev"]
            self.acks.append(
                Ack(self.seat.attempt, self.client, entry["seq"], item, pick, rev, reply.came)
            )
            self.heard.pop(item, None)
            self._pending = None
        for news in body["changed_elsewhere"]:
            self.heard[news["item"]] = news["selected"]
        self.rev = max(self.rev, body["rev"])

    def submit(self, newest: dict[int, int] | None = None) -> Reply:
        message = {"v": 1, "client_id": self.client, "newest": newest or {}, "reason": ""}
        return self.post("submit", message)

    def insist(self, what: Callable[[], Reply], seconds: float = 60) -> Reply:
        """Ask again, as a browser does, until there is an answer that is not "try again"."""
        end = time.monotonic() + seconds
        while (reply := what()).status in {0, 503} and time.monotonic() < end:
            time.sleep(PAUSE_SECONDS)
        return reply

    def post(self, step: str, message: dict[str, Any]) -> Reply:
        path = f"/attempts/{self._id}/{step}/"
        return self._ask("POST", path, json.dumps(message), self.seat.headers)

    def look(self, path: str = "") -> Reply:
        """GET a page, by default the attempt's."""
        headers = {k: v for k, v in self.seat.headers.items() if k != "Content-Type"}
        return self._ask("GET", path or f"/attempts/{self._id}/", None, headers)

    @property
    def _id(self) -> str:
        h = self.seat.attempt
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Reply:
        sent = time.time()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            reply = _read(response, sent)
        except (OSError, http.client.HTTPException):
            self.close()
            reply = Reply(0, sent, time.time())
        self.replies.append(reply)
        return reply

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _read(response: http.client.HTTPResponse, sent: float) -> Reply:
    content = response.read()
    kind = response.headers.get_content_type()
    body = json.loads(content) if kind == "application/json" else {}
    retry = response.headers.get("Retry-After", "")
    return Reply(response.status, sent, time.time(), body, kind, retry)


class Crowd:
    """Browsers that save without pause from a bounded number of threads, while the context is."""

    def __init__(self, browsers: Sequence[Browser], threads: int) -> None:
        self.browsers = browsers
        self._stop = threading.Event()
        self._threads = min(threads, len(browsers))
        self._pool = ThreadPoolExecutor(self._threads)
        self._running: list[Any] = []

    def __enter__(self) -> Self:
        for n in range(self._threads):
            self._running.append(self._pool.submit(self._work, self.browsers[n :: self._threads]))
        return self

    def __exit__(self, *raised: object) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True)
        for done in self._running:
            done.result()

    def _work(self, mine: Sequence[Browser]) -> None:
        while not self._stop.is_set():
            for browser in mine:
                if browser.step().status in {0, 503}:
                    time.sleep(PAUSE_SECONDS)
                if self._stop.is_set():
                    break


def wait_until(true: Callable[[], Any], seconds: float, step: float = 0.05) -> bool:
    """Wait for a condition, at most so long; returns whether it came true."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def all_acks(browsers: Sequence[Browser]) -> list[Ack]:
    return [ack for browser in browsers for ack in list(browser.acks)]


def all_replies(browsers: Sequence[Browser]) -> list[Reply]:
    return [reply for browser in browsers for reply in list(browser.replies)]


def p95_ms(replies: Sequence[Reply]) -> int:
    """The 95th percentile of the waits for a 200, in milliseconds; 0 without one."""
    waits = sorted(reply.seconds for reply in replies if reply.status == 200)
    return round(1000 * waits[int(len(waits) * 0.95)]) if waits else 0

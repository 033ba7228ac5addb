"""What a browser said and asked for while a test ran: the console, errors, other origins."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

# The browser's own lines about a refused answer, an absent network or where the focus went are
# no fault of a page.
EXPECTED = re.compile(
    r"^Autofocus processing was blocked because a document already has a focused element\."
    r"|^Failed to load resource:"
    r" (?:the server responded with a status of (?:401|403|404|409|422|503)\b"
    r"|net::ERR_(?:INTERNET_DISCONNECTED|FAILED|ABORTED|NETWORK_CHANGED|TIMED_OUT)\b)"
)


class Watch:
    """Listens to every page of a context."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.complaints: list[str] = []
        self.pages: list[Page] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if not EXPECTED.match(message.text):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:", "about:", "chrome:")):
            self.complaints.append(f"request to elsewhere: {request.url}")

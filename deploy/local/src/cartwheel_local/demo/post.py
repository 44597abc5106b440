"""The shoppers' inboxes: what the mail provider was given to send, fetched for all of them at once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import httpx
from localservers.concurrency import at_once

from cartwheel_local.demo.errors import Surprised

_PAUSE_SECONDS: Final = 0.7
_WAIT_SECONDS: Final = 120.0


class _Page(HTMLParser):
    """Collects what a person can follow: links and forms, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("a", "form"):
            self.tags.append((tag, {name: value or "" for name, value in attrs}))


def button(html: str) -> str:
    """Where the first link that looks like a button leads; raises Surprised when there is none."""
    for tag, attributes in _tags(html):
        if tag == "a" and "button" in attributes.get("class", "").split():
            return attributes["href"]
    raise Surprised("a page that should have a button has none")


def form(html: str) -> dict[str, str]:
    """The attributes of the first form; raises Surprised when there is none."""
    for tag, attributes in _tags(html):
        if tag == "form":
            return attributes
    raise Surprised("a page that should have a form has none")


def last_link(html: str) -> str:
    """Where the last link leads: in a mail, unsubscribing; raises Surprised when there is none."""
    links = [attributes["href"] for tag, attributes in _tags(html) if tag == "a"]
    if not links:
        raise Surprised("a mail has no link to unsubscribe")
    return links[-1]


def _tags(html: str) -> list[tuple[str, dict[str, str]]]:
    page = _Page()
    page.feed(html)
    return page.tags


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies in an inbox."""

    html: str
    headers: dict[str, str]


@dataclass(slots=True)
class Post:
    """Delivers the mails of one run; `domain` is that of its shoppers' addresses, which nobody else has."""

    messages_url: str
    domain: str
    inboxes: dict[str, list[Mail]] = field(default_factory=lambda: defaultdict(list))

    @property
    def delivered(self) -> int:
        """How many mails all the shoppers have got."""
        return sum(map(len, self.inboxes.values()))

    async def deliver(self, client: httpx.AsyncClient) -> None:
        """Fetch every mail that was sent to the run's shoppers so far."""
        mails = (await client.get(self.messages_url)).raise_for_status().json()
        inboxes: dict[str, list[Mail]] = defaultdict(list)
        for mail in mails:
            if mail["to"].endswith(f"@{self.domain}"):
                inboxes[mail["to"]].append(Mail(mail["html"], mail["headers"]))
        self.inboxes = inboxes

    async def first(self, address: str) -> Mail:
        """The first mail to an address; waits for it, and raises Surprised when none comes in two minutes."""
        deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
        while not (inbox := self.inboxes.get(address)):
            if asyncio.get_running_loop().time() > deadline:
                raise Surprised(f"no mail came within {_WAIT_SECONDS:.0f} s of an abandonment")
            await asyncio.sleep(_PAUSE_SECONDS)
        return inbox[0]

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Deliver again and again while the block runs; a mailbox that does not answer ends it with Surprised."""
        async with httpx.AsyncClient(timeout=60) as client, at_once() as group:
            rounds = group.create_task(self._go_round(client))
            yield
            rounds.cancel()

    async def _go_round(self, client: httpx.AsyncClient) -> None:
        while True:
            try:
                await self.deliver(client)
            except httpx.HTTPError as silence:
                raise Surprised(f"the mailbox did not answer: {silence!r}") from silence
            await asyncio.sleep(_PAUSE_SECONDS)

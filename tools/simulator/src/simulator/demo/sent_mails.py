"""The mails sent to the shoppers: what the mail provider was given, fetched for all of them at once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx
from localservers.concurrency import at_once

from simulator.demo.errors import WrongAnswer

_PAUSE_SECONDS: Final = 0.7
_WAIT_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies in an inbox."""

    html: str
    headers: dict[str, str]


@dataclass(slots=True)
class SentMails:
    """The mails of one run; `domain` is that of its shoppers' addresses, which nobody else has."""

    messages_url: str
    domain: str
    inboxes: dict[str, list[Mail]] = field(default_factory=lambda: defaultdict(list))

    @property
    def count(self) -> int:
        """How many mails all the shoppers have got."""
        return sum(map(len, self.inboxes.values()))

    async def fetch(self, client: httpx.AsyncClient) -> None:
        """Fetch every mail that was sent to the run's shoppers so far."""
        mails = (await client.get(self.messages_url)).raise_for_status().json()
        inboxes: dict[str, list[Mail]] = defaultdict(list)
        for mail in mails:
            if mail["to"].endswith(f"@{self.domain}"):
                inboxes[mail["to"]].append(Mail(mail["html"], mail["headers"]))
        self.inboxes = inboxes

    async def first_to(self, address: str) -> Mail:
        """The first mail to an address; waits for it, and raises WrongAnswer when none comes in two minutes."""
        deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
        while not (inbox := self.inboxes.get(address)):
            if asyncio.get_running_loop().time() > deadline:
                raise WrongAnswer(f"no mail came within {_WAIT_SECONDS:.0f} s of an abandonment")
            await asyncio.sleep(_PAUSE_SECONDS)
        return inbox[0]

    @asynccontextmanager
    async def kept_up_to_date(self) -> AsyncIterator[None]:
        """Fetch again and again while the block runs; a mailbox that does not answer ends it with WrongAnswer."""
        async with httpx.AsyncClient(timeout=60) as client, at_once() as group:
            fetching = group.create_task(self._fetch_forever(client))
            yield
            fetching.cancel()

    async def _fetch_forever(self, client: httpx.AsyncClient) -> None:
        while True:
            try:
                await self.fetch(client)
            except httpx.HTTPError as silence:
                raise WrongAnswer(f"the mailbox did not answer: {silence!r}") from silence
            await asyncio.sleep(_PAUSE_SECONDS)

"""The inboxes of the shoppers: what the mail provider was given to send."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from servicekit.testing.polling import poll

_LINK = re.compile(r'href="([^"]+/r/[^"]+)"')


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its recipient has it."""

    subject: str
    html: str
    text: str
    headers: dict[str, str]

    @property
    def link(self) -> str:
        """The address behind the button in the body."""
        found = _LINK.search(self.html)
        assert found, self.html
        return found[1]

    @property
    def token(self) -> str:
        """The token in the link."""
        return self.link.rpartition("/")[2]

    @property
    def one_click(self) -> str:
        """Where a mail program unsubscribes (RFC 8058 §3.1)."""
        return self.headers["List-Unsubscribe"].strip("<>")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Every inbox; `url` answers all mails as a JSON list."""

    url: str

    async def of(self, address: str) -> list[Mail]:
        """What was sent to an address, oldest first."""
        async with httpx.AsyncClient() as client:
            mails: list[dict[str, Any]] = (await client.get(self.url)).json()
        return [
            Mail(mail["subject"], mail["html"], mail["text"], mail["headers"])
            for mail in mails
            if mail["to"] == address
        ]

    async def first_of(self, address: str) -> Mail:
        """The first mail to an address; waits for it."""
        return (await poll(lambda: self.of(address), bool))[0]

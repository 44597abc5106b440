"""A mail in its envelope: MIME with both parts, the headers of RFC 8058, and a stable Message-ID."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from uuid import UUID

from recovery.mail.content import Content


class _Verbatim(UnstructuredHeader, BaseHeader):
    """A header that is never folded: the library would encode a long address, which no mail client reads back."""

    def fold(self, *, policy: Policy) -> str:
        """The header on one line; addresses of ours stay far below the 998 characters of RFC 5322 §2.1.1."""
        return f"{self.name}: {self}{policy.linesep}"


def _headers() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "message-id"):
        registry.map_to_type(name, _Verbatim)
    return registry


_POLICY = SMTP.clone(cte_type="7bit", header_factory=_headers())


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed to a provider. `recipient` is the only place of the address beside the message itself."""

    sender: str
    recipient: str
    mime: bytes
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heading:
    """Who writes to whom about what. `message_id` makes the Message-ID, the same however often the letter is made."""

    message_id: UUID
    sender: str
    shop: str
    recipient: str
    unsubscribe_url: str
    written_at: datetime


def seal_envelope(heading: Heading, content: Content, tags: Mapping[str, str]) -> Letter:
    """Build the MIME message; a recipient or subject that would break a header raises ValueError."""
    _, address = parseaddr(heading.sender)
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(heading.shop, addr_spec=address)
    message["To"] = Address(addr_spec=heading.recipient)
    message["Subject"] = content.subject
    message["Date"] = format_datetime(heading.written_at)
    message["Message-ID"] = f"<{heading.message_id}@{address.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{heading.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    return Letter(str(message["From"]), heading.recipient, message.as_bytes(), tags)

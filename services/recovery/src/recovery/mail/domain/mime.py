"""A mail as MIME: both parts, the headers of RFC 8058, and a stable Message-ID."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from uuid import UUID


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
class OutgoingMail:
    """What is handed to a provider. `recipient` is the only place of the address beside the message itself."""

    sender: str
    recipient: str
    mime: bytes
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """Who writes to whom, and when. `message_id` makes the Message-ID, equal however often the mail is composed."""

    message_id: UUID
    sender: str
    shop: str
    recipient: str
    unsubscribe_url: str
    written_at: datetime


def compose(headers: MailHeaders, subject: str, text: str, html: str, tags: Mapping[str, str]) -> OutgoingMail:
    """Build the MIME message; a recipient or subject that would break a header raises ValueError."""
    _, address = parseaddr(headers.sender)
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(headers.shop, addr_spec=address)
    message["To"] = Address(addr_spec=headers.recipient)
    message["Subject"] = subject
    message["Date"] = format_datetime(headers.written_at)
    message["Message-ID"] = f"<{headers.message_id}@{address.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{headers.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return OutgoingMail(str(message["From"]), headers.recipient, message.as_bytes(), tags)

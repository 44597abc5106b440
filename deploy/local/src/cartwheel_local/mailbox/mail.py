"""Reading a mail as its recipient would, from what moto keeps of a send."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import Message, RawMessage, ses_backends


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail sent; `to` is the bare addresses, separated by commas, a missing part is an empty string."""

    id: str
    to: str
    subject: str
    html: str
    text: str
    headers: dict[str, str]


def sent_mails(region: str) -> list[Mail]:
    """Return every mail sent in the region since this process started, the oldest first."""
    return list(_read_all(list(ses_backends[DEFAULT_ACCOUNT_ID][region].sent_messages)))


def _read_all(messages: list[object]) -> Iterator[Mail]:
    for message in messages:
        if isinstance(message, RawMessage):
            yield read_raw(message.id, message.destinations, message.raw_data)
        elif isinstance(message, Message):
            recipients = [address for addresses in message.destinations.values() for address in addresses]
            yield Mail(message.id, _bare(recipients), message.subject, "", message.body, {})


def read_raw(identity: str, destinations: list[str], raw: str) -> Mail:
    """Parse a MIME message; a header that occurs twice is joined with a comma."""
    message = message_from_bytes(raw.encode(), _class=EmailMessage, policy=policy.default)
    headers: dict[str, str] = {}
    for name, value in message.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else str(value)
    subject = headers.get("Subject", "")
    return Mail(identity, _bare(destinations), subject, _part(message, "html"), _part(message, "plain"), headers)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def _bare(addresses: list[str]) -> str:
    return ", ".join(dict.fromkeys(address for _, address in getaddresses(addresses) if address))

"""Reading the links of a mail, as a shopper or a mail provider finds them."""

import re
from email.message import EmailMessage


def link_of(mail: EmailMessage) -> str:
    """The restore link as it stands in the text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://\S+/r/\S+", body.get_content())
    assert found is not None
    return found[0]


def token_of(mail: EmailMessage) -> str:
    """The token of the mail's restore link."""
    return link_of(mail).rpartition("/")[2]


def unsubscribe_token_of(mail: EmailMessage) -> str:
    """The token of the mail's List-Unsubscribe header."""
    return str(mail["List-Unsubscribe"]).strip("<>").rpartition("/")[2]

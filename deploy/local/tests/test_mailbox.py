"""The mailbox: what a real AWS client sends is what people and tests can read."""

import asyncio
from collections.abc import Iterator
from email.message import EmailMessage
from typing import TYPE_CHECKING

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from cartwheel_local.mail import REGION, SENDER, MailAddresses, start_mail
from cartwheel_local.secrets import load_secrets
from cartwheel_local.stack import purge
from localservers.home import Home

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailAddresses]:
    """A running mailbox."""
    home = Home.at(tmp_path_factory.mktemp("mailbox") / "home")
    yield asyncio.run(start_mail(home, load_secrets(home)))
    asyncio.run(purge(home))


def ses(mailbox: MailAddresses) -> "SESV2Client":
    """A client as recovery makes it."""
    return boto3.client(
        "sesv2",
        endpoint_url=mailbox.aws_url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def send(mailbox: MailAddresses, to: str, subject: str, sender: str = SENDER) -> None:
    """Send a mail with a text, an HTML part and a header of its own."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["List-Unsubscribe"] = "<https://shop.test/u/1>"
    message.set_content("Ihr Körbchen wartet.\n")
    message.add_alternative('<p>Ihr Körbchen: <a href="https://shop.test/r/1">weiter</a></p>\n', subtype="html")
    ses(mailbox).send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": [to]},
        Content={"Raw": {"Data": message.as_bytes()}},
    )


def messages(mailbox: MailAddresses, to: str) -> list[dict[str, object]]:
    """What the mailbox shows was sent to one recipient."""
    answer: list[dict[str, object]] = httpx.get(mailbox.messages_url, params={"to": to}).json()
    return answer


def test_a_raw_mail_can_be_read_in_full(mailbox: MailAddresses) -> None:
    """Recipient, subject, both parts and the headers arrive as they were written, umlauts too."""
    send(mailbox, "zoe@example.com", "Ihr Körbchen")

    (mail,) = messages(mailbox, "zoe@example.com")

    assert (mail["to"], mail["subject"]) == ("zoe@example.com", "Ihr Körbchen")
    assert mail["text"] == "Ihr Körbchen wartet.\n"
    assert "https://shop.test/r/1" in str(mail["html"])
    assert isinstance(mail["headers"], dict)
    assert mail["headers"]["List-Unsubscribe"] == "<https://shop.test/u/1>"


def test_mails_are_kept_in_the_order_of_sending(mailbox: MailAddresses) -> None:
    """The last one in the list is the newest, and another recipient's are not among them."""
    for number in (1, 2, 3):
        send(mailbox, "order@example.com", f"step {number}")

    assert [mail["subject"] for mail in messages(mailbox, "order@example.com")] == ["step 1", "step 2", "step 3"]


def test_a_sender_that_is_not_verified_is_refused(mailbox: MailAddresses) -> None:
    """As with SES itself: the stand-in must not be more generous than the real thing."""
    with pytest.raises(ClientError, match="MessageRejected"):
        send(mailbox, "zoe@example.com", "spam", sender="stranger@elsewhere.test")


def test_the_page_lists_and_shows_mails(mailbox: MailAddresses) -> None:
    """A person sees the mail rendered, in a frame that runs nothing."""
    send(mailbox, "page@example.com", "<script>alert(1)</script>")

    listing = httpx.get(mailbox.mailbox_url).text
    identity = messages(mailbox, "page@example.com")[0]["id"]
    page = httpx.get(f"{mailbox.mailbox_url}mails/{identity}")

    assert "<script>" not in listing + page.text
    assert "&lt;script&gt;" in listing
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_an_unknown_mail_is_not_found(mailbox: MailAddresses) -> None:
    """A link to a mail of an earlier run says so."""
    assert httpx.get(f"{mailbox.mailbox_url}mails/none").status_code == 404


def test_s3_keeps_what_is_put_there(mailbox: MailAddresses) -> None:
    """The address of SES stands in for S3 too."""
    client = boto3.client(
        "s3",
        endpoint_url=mailbox.aws_url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    client.create_bucket(Bucket="archive")
    client.put_object(Bucket="archive", Key="a", Body=b"carts")

    assert client.get_object(Bucket="archive", Key="a")["Body"].read() == b"carts"

"""SES over HTTP by the real AWS library: what is sent, and what its failures mean."""

import asyncio
import socket
from contextlib import suppress

import pytest
from recovery.mail.clients import SesMailer
from recovery.mail.domain.mime import OutgoingMail
from recovery.messages.domain import DeliveryOutcome
from recovery.settings import RecoverySettings

MAIL = OutgoingMail("carts@shop.example", "ann@mail.example", b"From: carts@shop.example\r\n\r\nHello", {"step": "1"})


async def test_an_accepted_mail_has_the_providers_id(settings: RecoverySettings) -> None:
    """The id is kept with the message, for the provider's later events."""
    delivery = await SesMailer(settings).send(MAIL)

    assert delivery.outcome is DeliveryOutcome.ACCEPTED
    assert delivery.detail


async def test_a_sender_that_is_not_verified_is_refused_for_good(settings: RecoverySettings) -> None:
    """MessageRejected is a definite no; the error's text, which quotes an address, is not kept."""
    stranger = OutgoingMail("nobody@elsewhere.example", MAIL.recipient, MAIL.mime, MAIL.tags)

    delivery = await SesMailer(settings).send(stranger)

    assert (delivery.outcome, delivery.detail) == (DeliveryOutcome.REFUSED, "MessageRejected")


async def test_a_provider_that_cannot_be_reached_has_not_taken_the_mail(
    settings: RecoverySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused connection is certain: the mail may be sent later."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{port}")

    delivery = await SesMailer(settings).send(MAIL)

    assert delivery.outcome is DeliveryOutcome.NOT_TAKEN


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"", DeliveryOutcome.UNKNOWN),
        (b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", DeliveryOutcome.UNKNOWN),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", DeliveryOutcome.UNKNOWN),
        (b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}", DeliveryOutcome.NOT_TAKEN),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}", DeliveryOutcome.NOT_TAKEN),
        (None, DeliveryOutcome.UNKNOWN),
    ],
    ids=["connection lost", "500", "503", "throttled", "wrong credentials", "no answer in time"],
)
async def test_one_mail_is_one_request_whatever_the_answer(
    settings: RecoverySettings, monkeypatch: pytest.MonkeyPatch, answer: bytes | None, outcome: DeliveryOutcome
) -> None:
    """The AWS library must not retry: a lost answer may be of a mail that went (rules.md 28)."""
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{port}")
        delivery = await SesMailer(settings.model_copy(update={"ses_read_timeout_seconds": 1})).send(MAIL)

    assert (delivery.outcome, requests) == (outcome, 1)

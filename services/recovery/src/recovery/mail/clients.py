"""Handing a mail to a mail provider, once; SES today, behind a protocol that others can implement."""

import asyncio
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
)

from recovery.mail.domain.mime import OutgoingMail
from recovery.messages.domain import Delivery, DeliveryOutcome
from recovery.settings import RecoverySettings

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_LATER = frozenset({
    "TooManyRequestsException",
    "ThrottlingException",
    "LimitExceededException",
    "SendingPausedException",
    "AccountSuspendedException",
})  # fmt: skip
"""Refusals of the moment, not of the mail: nothing was taken."""
_NOT_ABOUT_THE_MAIL = frozenset({401, 403, 429})
"""Statuses of wrong credentials and of throttling: nothing was taken, and nothing is wrong with the mail."""
_BEFORE_SENDING = (EndpointConnectionError, ConnectTimeoutError, NoCredentialsError, CredentialRetrievalError)
"""Failures that come before a byte of the mail has left."""


class Mailer(Protocol):
    """A way to send mail. Safe for concurrent use."""

    async def send(self, mail: OutgoingMail) -> Delivery:
        """Hand the mail over at most once, without any retry; a failure is an outcome and does not raise."""
        ...


class SesMailer:
    """Amazon SES, API version 2. The AWS library's own retries are off, because a second try could be a second mail.

    Its client is made by the first mail, off the event loop: making one takes a while, and who only lists jobs needs
    none. Credentials and AWS_ENDPOINT_URL_SESV2 are read by the AWS library itself.
    """

    def __init__(self, settings: RecoverySettings) -> None:
        self._region = settings.aws_region
        self._config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=settings.ses_connect_timeout_seconds,
            read_timeout=settings.ses_read_timeout_seconds,
            max_pool_connections=settings.recovery_send_concurrency,
        )
        self._making = Lock()
        self._made: SESV2Client | None = None

    async def send(self, mail: OutgoingMail) -> Delivery:
        """Call SES in a thread; the call goes on when the caller is cancelled."""
        return await asyncio.to_thread(self._send, mail)

    def _send(self, mail: OutgoingMail) -> Delivery:
        try:
            answer = self._client().send_email(
                FromEmailAddress=mail.sender,
                Destination={"ToAddresses": [mail.recipient]},
                Content={"Raw": {"Data": mail.mime}},
                EmailTags=[{"Name": name, "Value": value} for name, value in mail.tags.items()],
            )
        except ClientError as refusal:
            return _refused(refusal)
        except _BEFORE_SENDING as away:
            return Delivery(DeliveryOutcome.NOT_TAKEN, type(away).__name__)
        except BotoCoreError as lost:
            return Delivery(DeliveryOutcome.UNKNOWN, type(lost).__name__)
        return Delivery(DeliveryOutcome.ACCEPTED, answer["MessageId"])

    def _client(self) -> "SESV2Client":
        with self._making:
            if self._made is None:
                self._made = boto3.Session().client("sesv2", region_name=self._region, config=self._config)
            return self._made


def _refused(refusal: ClientError) -> Delivery:
    """An answer below 500 is definite; a fault of the provider's own leaves open whether it took the mail."""
    code = refusal.response.get("Error", {}).get("Code", "unknown")
    status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code in _LATER or status in _NOT_ABOUT_THE_MAIL:
        return Delivery(DeliveryOutcome.NOT_TAKEN, code)
    return Delivery(DeliveryOutcome.REFUSED if status < 500 else DeliveryOutcome.UNKNOWN, code)

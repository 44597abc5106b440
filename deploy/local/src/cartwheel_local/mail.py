"""The stack's stand-in for SES and S3, with its mailbox."""

import asyncio
import os
import sys
from dataclasses import dataclass

from localservers.home import Home
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.state import load_running

from cartwheel_local.secrets import Secrets

NAME = "mailbox"
SENDER = "Cartwheel <shop@cartwheel.test>"
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class MailAddresses:
    """`aws_url` is what boto3 talks to, `mailbox_url` is the page for people, `messages_url` the list as JSON."""

    aws_url: str
    mailbox_url: str
    messages_url: str


async def start_mail(home: Home, secrets: Secrets) -> MailAddresses:
    """Start it unless it runs; mails, and the objects of the bucket that ARCHIVE_BUCKET names, are gone with it."""
    running = load_running(home).get(NAME)
    lives = running is not None and is_alive(running)
    aws_port = reserve_port(home, "aws", in_use=lives)
    mailbox_port = reserve_port(home, NAME, in_use=lives)
    command = [sys.executable, "-m", "cartwheel_local.mailbox", "--sender", SENDER, "--region", REGION]
    command += ["--aws-port", str(aws_port), "--mailbox-port", str(mailbox_port)]
    if bucket := os.environ.get("ARCHIVE_BUCKET"):
        command += ["--bucket", bucket]
    process = await ensure(home, secrets, Spec(NAME, command, cwd=home.run, port=mailbox_port, stage=1))
    await until_ready(home, process, lambda: _open(mailbox_port))
    address = f"http://127.0.0.1:{mailbox_port}"
    return MailAddresses(f"http://127.0.0.1:{aws_port}", f"{address}/", f"{address}/messages")


async def _open(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()

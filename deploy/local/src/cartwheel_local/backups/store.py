"""The bucket that backups go to: one that the environment names, or a stand-in that runs in the home."""

import asyncio
import os
import ssl
import sys
from dataclasses import dataclass, field
from pathlib import Path

from localservers.home import Home
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.state import load_running

from cartwheel_local.backups.certificates import HOST, make_certificates
from cartwheel_local.backups.errors import BackupsUnavailable
from cartwheel_local.secrets import Secrets

NAME = "backup-store"
_BUCKET = "cartwheel-backups"
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class BackupStore:
    """An S3 bucket behind TLS; `cipher_key` encrypts what is put there. `ca_file` None: the system's authorities."""

    host: str
    port: int
    bucket: str
    region: str
    ca_file: Path | None
    is_own: bool
    key: str = field(repr=False)
    key_secret: str = field(repr=False)
    cipher_key: str = field(repr=False)


def given_store(secrets: Secrets) -> BackupStore | None:
    """Return the bucket that BACKUP_S3_ENDPOINT and its companions name; None when none is named.

    Raises BackupsUnavailable naming the settings that are missing beside it.
    """
    endpoint = os.environ.get("BACKUP_S3_ENDPOINT")
    if not endpoint:
        return None
    needed = ("BACKUP_S3_BUCKET", "BACKUP_S3_KEY", "BACKUP_S3_KEY_SECRET", "BACKUP_CIPHER_KEY")
    if missing := [name for name in needed if not os.environ.get(name)]:
        raise BackupsUnavailable(f"BACKUP_S3_ENDPOINT is set, but not {', '.join(missing)}")
    host, _, port = endpoint.removeprefix("https://").partition(":")
    authorities = os.environ.get("BACKUP_CA_FILE")
    return BackupStore(
        host=host,
        port=int(port or 443),
        bucket=os.environ["BACKUP_S3_BUCKET"],
        region=os.environ.get("BACKUP_S3_REGION", _REGION),
        ca_file=Path(authorities) if authorities else None,
        is_own=False,
        key=os.environ["BACKUP_S3_KEY"],
        key_secret=os.environ["BACKUP_S3_KEY_SECRET"],
        cipher_key=_cipher_key(secrets),
    )


async def start_store(home: Home, secrets: Secrets, directory: Path) -> BackupStore:
    """Start the stand-in unless it runs; its certificates are in `directory`. What it keeps ends with its process."""
    running = load_running(home).get(NAME)
    port = reserve_port(home, NAME, in_use=running is not None and is_alive(running))
    if not (directory / "ca.pem").exists():
        make_certificates(directory)
    command = [sys.executable, "-m", "cartwheel_local.backups.object_store", "--port", str(port)]
    command += ["--certificates", str(directory), "--bucket", _BUCKET, "--region", _REGION]
    process = await ensure(home, secrets, Spec(NAME, command, cwd=home.run, port=port))
    trust = ssl.create_default_context(cafile=str(directory / "ca.pem"))

    async def connect() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=HOST)
        writer.close()

    await until_ready(home, process, connect)
    return BackupStore(
        host=HOST,
        port=port,
        bucket=_BUCKET,
        region=_REGION,
        ca_file=directory / "ca.pem",
        is_own=True,
        key="local",
        key_secret="local",  # noqa: S106  # moto takes any
        cipher_key=_cipher_key(secrets),
    )


def store_runs(home: Home) -> bool:
    """Return whether the stand-in of this home runs."""
    running = load_running(home).get(NAME)
    return running is not None and is_alive(running)


def _cipher_key(secrets: Secrets) -> str:
    return os.environ.get("BACKUP_CIPHER_KEY") or secrets.backup_cipher_key

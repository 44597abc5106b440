"""pgBackRest: its configuration in the home, and its commands as the account that PostgreSQL runs as."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from localservers.errors import StepFailed
from localservers.files import write_whole
from localservers.home import Home
from localservers.owners import Owner, data_directory, unprivileged_owner
from localservers.postgres import NAME as POSTGRES
from localservers.postgres import SUPERUSER
from localservers.processes import Spec, ask, run_to_end

from cartwheel_local.backups.catalogue import Catalogue, missing_segments, read_catalogue, read_faults
from cartwheel_local.backups.errors import BackupDamaged, BackupsUnavailable
from cartwheel_local.backups.installing import PROGRAM as NAME
from cartwheel_local.backups.installing import pgbackrest_program
from cartwheel_local.backups.store import BackupStore
from cartwheel_local.secrets import Secrets

STANZA = "cartwheel"
KEEP_DAYS = 30
"""A full backup goes when a younger one is this old already, and with it what builds on it."""

_CONFIGURATION = """\
[global]
repo1-type=s3
repo1-path=/{stanza}
repo1-s3-endpoint={store.host}
repo1-s3-bucket={store.bucket}
repo1-s3-region={store.region}
repo1-s3-key={store.key}
repo1-s3-key-secret={store.key_secret}
repo1-s3-uri-style=path
repo1-storage-port={store.port}
{authorities}repo1-cipher-type=aes-256-cbc
repo1-cipher-pass={store.cipher_key}
repo1-retention-full-type=time
repo1-retention-full={keep_days}
repo1-bundle=y
compress-type=zst
process-max=2
start-fast=y
job-retry=1
log-path={directory}
lock-path={directory}/lock
spool-path={directory}/spool
log-level-file=off
log-level-stderr=off
log-level-console=info

[{stanza}]
pg1-path={data}
pg1-user={user}
"""

_ARCHIVING = """\
archive_command = '{program} --config={configuration} --stanza={stanza} archive-push %p'
# What was committed is in the bucket after this time at most, however little is written.
archive_timeout = {seconds}
"""
ARCHIVE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PgBackRest:
    """pgBackRest for the PostgreSQL of one home. Each command raises BackupDamaged with what the program said."""

    home: Home
    secrets: Secrets
    store: BackupStore
    directory: Path
    configuration: Path
    owner: Owner | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return data_directory(self.home, POSTGRES, self.owner)

    def configure(self) -> None:
        """Write the configuration, which holds the keys: nobody but PostgreSQL's account may read it."""
        authorities = f"repo1-storage-ca-file={self.store.ca_file}\n" if self.store.ca_file else ""
        text = _CONFIGURATION.format(
            stanza=STANZA,
            store=self.store,
            authorities=authorities,
            keep_days=int(os.environ.get("BACKUP_KEEP_DAYS") or KEEP_DAYS),
            directory=self.directory,
            data=self.data,
            user=SUPERUSER,
        )
        write_whole(self.configuration, text, mode=0o600)
        if self.owner:
            os.chown(self.configuration, self.owner.uid, self.owner.gid)

    def archiving(self) -> str:
        """Return PostgreSQL's settings that send each WAL segment to the bucket."""
        return _ARCHIVING.format(
            program=pgbackrest_program(), configuration=self.configuration, stanza=STANZA, seconds=ARCHIVE_SECONDS
        )

    def run(self, command: str, *options: str, address: str | None = None) -> None:
        """Run a command to its end; `address` is PostgreSQL's, for those that talk to it."""
        log = self.home.log(NAME)
        before = log.stat().st_size if log.exists() else 0
        if run_to_end(self.home, self.secrets, self._spec([*options, command], address)):
            raise BackupDamaged(f"pgbackrest {command}: {_reason(log, before)}")

    def catalogue(self) -> Catalogue:
        """Return what the bucket holds."""
        stanzas = json.loads(self._ask("--output=json", "info"), strict=False)
        for stanza in stanzas:
            if stanza["status"]["code"] == _UNREADABLE:
                raise BackupDamaged(
                    "the bucket's catalogue cannot be read: it is damaged, or BACKUP_CIPHER_KEY is not the key it was "
                    "written with"
                )
        return read_catalogue(stanzas)

    def faults(self) -> Sequence[str]:
        """Read every file of the bucket, and return a line for each that is missing or not as it was written."""
        answer = self._ask("--output=text", "--verbose", "verify")
        files = json.loads(self._ask("--output=json", "--recurse", "repo-ls", f"archive/{STANZA}"))
        return [*read_faults(answer), *(f"WAL segment {segment} is missing" for segment in missing_segments(files))]

    def _ask(self, *arguments: str) -> str:
        spec = self._spec(["--log-level-console=off", "--log-level-stderr=error", *arguments], None)
        log = self.home.log(NAME)
        before = log.stat().st_size if log.exists() else 0
        try:
            return ask(self.home, self.secrets, spec, "")
        except StepFailed as failure:
            raise BackupDamaged(f"pgbackrest {arguments[-1]}: {_reason(log, before)}") from failure

    def _spec(self, arguments: Sequence[str], address: str | None) -> Spec:
        command = [pgbackrest_program(), f"--config={self.configuration}", f"--stanza={STANZA}", *arguments]
        environment = {}
        if address is not None:
            # The PostgreSQL of a home has no socket, which is all that pgBackRest's own options name: libpq's do it.
            port, password = _port_and_password(address)
            command.append(f"--pg1-port={port}")
            environment = {"PGHOST": "127.0.0.1", "PGPASSWORD": password}
        return Spec(NAME, command, cwd=self.directory, owner=self.owner, environment=environment)


def pgbackrest_directory(home: Home) -> Path:
    """Return where a home keeps pgBackRest's configuration and what it writes."""
    return data_directory(home, NAME, unprivileged_owner())


_UNREADABLE = 99


def _port_and_password(address: str) -> tuple[int, str]:
    parts = urlsplit(address)
    if parts.hostname != "127.0.0.1" or parts.port is None or parts.password is None:
        raise BackupsUnavailable("PostgreSQL is not a process of this home: who runs it backs it up")
    return parts.port, parts.password


def _reason(log: Path, start: int) -> str:
    """What pgBackRest's lines of this run say went wrong."""
    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode(errors="replace")
    errors = re.findall(r"ERROR: \[\d+\]: (.*(?:\n {10,}.*)*)", text)
    reasons = [" ".join(error.split()) for error in errors]
    return "; ".join(reasons) or f"it failed, see {log}"

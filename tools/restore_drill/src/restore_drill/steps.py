"""What every drill does: shop, back up, have WAL archived, publish again, and wait until everything is counted."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.taking import take_backup
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets
from localservers.errors import LocalStackError
from localservers.files import read_env
from localservers.home import Home
from localservers.state import only_one
from simulator.merchant import Merchant
from simulator.reconciliation.figures import Figure
from simulator.reconciliation.quiescence import Patience, until_quiescent

from restore_drill.figures import reconcile, waiting_events
from restore_drill.shopping import Shop

_ARCHIVING_SECONDS = 120.0
_RESEND_MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, in seconds, shoppers shop before each backup and between the last archived WAL and the loss.

    `to_moment`: restore to the moment that was noted then, and not to the newest.
    """

    before: float
    unarchived: float
    shoppers: int
    to_moment: bool = False


@asynccontextmanager
async def shopping(shop: Shop, shoppers: int) -> AsyncIterator[None]:
    """Let so many shop at a time until the block is over."""
    stop = asyncio.Event()
    crowd = asyncio.create_task(shop.shop_until(stop, shoppers=shoppers))
    try:
        yield
    finally:
        stop.set()
        await crowd


async def back_up(home: Home, secrets: Secrets, plan: Plan, reporter: ConsoleReporter) -> Sequence[Backup]:
    """Take a full and an incremental backup, with shopping before each."""
    taken = []
    for kind in ("full", "incr"):
        with reporter.step(f"Shopping before the {kind} backup"):
            await asyncio.sleep(plan.before)
        async with only_one(home):
            taken.append((await take_backup(home, secrets, kind, reporter)).backup)
    return taken


async def archived_moment(postgres_url: str) -> datetime:
    """Have all that is committed until now archived, and return that moment."""
    connection = await asyncpg.connect(postgres_url)
    try:
        moment: datetime = await connection.fetchval("SELECT clock_timestamp()")
        # A record after the moment, so that PostgreSQL sees that it has been reached.
        await connection.execute("SELECT txid_current()")
        segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
        async with asyncio.timeout(_ARCHIVING_SECONDS):
            while (await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver") or "") < segment:  # noqa: ASYNC110  # another process archives
                await asyncio.sleep(0.1)
        return moment
    finally:
        await connection.close()


async def resend(home: Home, moment: datetime, reporter: ConsoleReporter) -> None:
    """Publish again what consumers may have forgotten since an hour before the moment, as an operator would."""
    with reporter.step("Outboxes published again"):
        await run_command(home, "run", "all", "resend", "--since", f"{moment - _RESEND_MARGIN:%Y-%m-%dT%H:%M:%S}")


async def run_command(home: Home, *arguments: str) -> str:
    """Run `cartwheel-local` on the drill's stack, and return what it prints; raises LocalStackError when it fails."""
    command = [sys.executable, "-m", "cartwheel_local", *arguments]
    environment = {"CARTWHEEL_HOME": str(home.path), "PATH": "/usr/bin:/bin"}
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LocalStackError(f"cartwheel-local {' '.join(arguments)}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return done.stdout


async def until_counted(
    home: Home, shop: Shop, reporter: ConsoleReporter, more: Callable[[], Awaitable[Sequence[Figure]]] | None = None
) -> Sequence[Figure]:
    """Compare all figures, and what `more` compares, until they agree or nothing moves any more."""
    address = postgres_url(home)
    async with shop.stack.gateway(shop.company_id) as cartwheel:
        merchant = Merchant(cartwheel, shop.stack.tokens)

        async def look() -> Sequence[Figure]:
            figures = await reconcile(address, merchant, shop.ledger)
            waiting = Figure("events that wait in an outbox", 0, await waiting_events(address))
            return (*figures, waiting, *(await more() if more else ()))

        with reporter.step("Waiting until everything is counted"):
            return await until_quiescent(look, Patience(still=60.0))


def postgres_url(home: Home) -> str:
    """Where the stack's PostgreSQL answers its superuser."""
    return read_env(home.env_file)["POSTGRES_URL"]

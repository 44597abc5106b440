"""The first limit: pgbench sends the same transaction, prepared, and nothing at all happens in between."""

import asyncio
import os
import re
import shutil
from asyncio.subprocess import PIPE
from pathlib import Path
from urllib.parse import urlsplit

from bench.errors import BenchError
from bench.histogram import Histogram
from bench.limits.data import LimitData
from bench.limits.sql_text import with_arguments
from bench.limits.transaction import (
    ACTIVITY_ID,
    AGGREGATE_ID,
    AGGREGATE_VERSION,
    CART,
    EVENT_ID,
    LINE_ID,
    SAVED_VERSION,
    TOKEN_PREFIX,
    VERSION,
    Transaction,
)
from bench.result import Load

SLACK_SECONDS = 30
_TOKEN_PARAMETER = 2
_DONE = re.compile(r"number of transactions actually processed: (\d+)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")


def script(transaction: Transaction, carts: int) -> str:
    """The transaction for a cart at random: begun in one round trip, then read, write and commit in one each."""
    begin = "\n".join(f"{statement.strip()};" for statement in transaction.begin.split(";"))
    session = f"sha256(convert_to('{TOKEN_PREFIX}' || :n, 'UTF8'))"
    read = with_arguments(transaction.read_sql, transaction.read_args, {_TOKEN_PARAMETER: session, 3: "NULL"})
    varying = {
        CART: ":id",
        SAVED_VERSION: ":version",
        VERSION: ":version + 1",
        LINE_ID: "(:lines::json->0->>0)",
        ACTIVITY_ID: "gen_random_uuid()",
        EVENT_ID: "gen_random_uuid()",
        AGGREGATE_ID: ":id",
        AGGREGATE_VERSION: ":version + 1",
    }
    instead = {position + 1: sql for position, sql in varying.items()}
    save = with_arguments(transaction.save_sql, transaction.save_args, instead)
    head = f"\\set n random(1, {carts})\n\\startpipeline\n{begin}\n\\endpipeline"
    return f"{head}\n{read} \\gset\n{save};\nCOMMIT;\n"


async def pgbench(
    data: LimitData, transaction: Transaction, directory: Path, *, connections: int, seconds: int
) -> Load:
    """Run the transaction as fast as PostgreSQL can; raises BenchError when pgbench fails."""
    program = shutil.which("pgbench")
    if program is None:
        raise BenchError("pgbench is not installed: it comes with PostgreSQL's own package")
    file, logs = directory / "add.sql", directory / f"pgbench-{connections}"
    file.write_text(script(transaction, data.carts))
    command = [program, "-n", "-M", "prepared", "-c", str(connections), "-j", "1", "-T", str(seconds), "-f", str(file)]
    process = await asyncio.create_subprocess_exec(
        *command, "--log", f"--log-prefix={logs}", env=_environment(data), stdout=PIPE, stderr=PIPE
    )
    times = os.times()
    try:
        out, errors = await asyncio.wait_for(process.communicate(), seconds + SLACK_SECONDS)
    except TimeoutError:
        process.kill()
        raise BenchError(f"pgbench did not end within {seconds + SLACK_SECONDS} s") from None
    if process.returncode:
        raise BenchError(f"pgbench ended with {process.returncode}: {errors.decode()[-400:]}")
    after = os.times()
    cpu = after.children_user + after.children_system - times.children_user - times.children_system
    return Load(seconds, _statuses(out.decode()), _latency(logs), cpu)


def _statuses(printed: str) -> dict[str, int]:
    """Transactions as if they were answers, so that one report has them all."""
    done, failed = _DONE.search(printed), _FAILED.search(printed)
    if done is None:
        raise BenchError(f"pgbench says nothing that is understood: {printed[-300:]}")
    failures = int(failed[1]) if failed else 0
    return {"200": int(done[1]), **({"error": failures} if failures else {})}


def _latency(logs: Path) -> Histogram:
    """The third column of its logs: microseconds of each transaction."""
    histogram = Histogram()
    for file in logs.parent.glob(f"{logs.name}.*"):
        for line in file.read_text().splitlines():
            histogram.counts[int(line.split()[2])] += 1
        file.unlink()
    return histogram


def _environment(data: LimitData) -> dict[str, str]:
    place = urlsplit(data.database_url)
    return {
        **os.environ,
        "PGHOST": place.hostname or "",
        "PGPORT": str(place.port),
        "PGUSER": place.username or "",
        "PGPASSWORD": place.password or "",
        "PGDATABASE": place.path.removeprefix("/"),
        "PGOPTIONS": "-c jit=off",
    }

"""A whole drill: a stack of one version, shoppers at a constant rate, and every service exchanged under them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random

from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.databases import create_databases
from cartwheel_local.environment import Addresses, service_environment
from cartwheel_local.secrets import load_secrets
from cartwheel_local.services import MANIFESTS, SERVICES
from cartwheel_local.stack import down, purge, up
from localservers.home import Home
from rich.console import Console
from simulator.progress import stage, step
from simulator.reconciliation.figures import Figure
from simulator.reconciliation.quiescence import Patience, until_quiescent
from simulator.stack import Stack

from rollout.drill.accounting import balance, in_both, read_books
from rollout.drill.load import Load
from rollout.drill.plans import Plan
from rollout.drill.processes import Checkouts
from rollout.drill.report import Findings, sentence
from rollout.drill.requests import RequestLog
from rollout.drill.rolling import Exchange, Rolling
from rollout.drill.shops import Shop, opened
from rollout.drill.versions import Version

_PATIENCE = Patience(steady=5.0, still=60.0, most=900.0)


async def run(plan: Plan, older: Version, newer: Version, place: Path, console: Console) -> Findings:
    """Do it in a stack of its own below `place`, which is ended whatever happens."""
    plan.check(older, newer)
    home, launcher = Home.at(place / "home"), Checkouts(older)
    try:
        await purge(home)
        home = Home.at(home.path)
        addresses = await up(home, ConsoleReporter(console), launcher)
        rolling = await _rolling(plan, home, addresses, launcher)
        return await _drill(plan, (older, newer), rolling, addresses, console)
    finally:
        with console.status("Ending the stack"):
            await asyncio.shield(down(home))
        launcher.close()


async def _drill(
    plan: Plan, versions: tuple[Version, Version], rolling: Rolling, addresses: Addresses, console: Console
) -> Findings:
    log, stop = RequestLog(), asyncio.Event()
    async with opened(Stack.at(rolling.home.path), plan.shops) as shops:
        load = Load([shop.demo for shop in shops], plan.rate, log, Random(1))  # noqa: S311  # the same shoppers again
        began, shopping = time.monotonic(), asyncio.create_task(load.run(stop))
        try:
            exchanges = await _exchange_all(plan, versions, rolling, shops, log, console)
        finally:
            stop.set()
            await asyncio.wait((shopping,))
        shopping.result()
        seconds = time.monotonic() - began
        with step(console, "Until every cart that was left is abandoned, and everything is counted"):
            await load.see_the_end()
            figures = await until_quiescent(lambda: _figures(shops), _PATIENCE)
        books = await read_books(addresses.servers.postgres_url, addresses.servers.rabbitmq_url, MANIFESTS)
        older, newer = [await asyncio.to_thread(version.handlers, SERVICES) for version in versions]
        handlers = in_both(older, newer)
        found = balance(books, handlers, [shop.demo.ledger for shop in shops])
    return Findings(plan.title, began, seconds, exchanges, log, load.wrong, figures, found)


async def _exchange_all(
    plan: Plan,
    versions: tuple[Version, Version],
    rolling: Rolling,
    shops: Sequence[Shop],
    log: RequestLog,
    console: Console,
) -> list[Exchange]:
    """Upgrade one service after the other; then roll each back alone, and forward again."""
    (older, newer), done = versions, list[Exchange]()
    await asyncio.sleep(plan.pause_seconds)
    with stage(console, plan.title, "exchanges", plan.exchanges) as progress:

        async def exchange(
            change: Callable[[str, Version], Awaitable[Exchange]], service: str, version: Version
        ) -> None:
            exchanged = await change(service, version)
            done.append(exchanged)
            for shop in shops:
                await shop.publish_rules(f"{service} {exchanged.kind} {len(done)}")
            await asyncio.sleep(plan.pause_seconds)
            console.print(sentence(exchanged, log), highlight=False, soft_wrap=True)
            progress.advance()

        for service in plan.services:
            await exchange(rolling.upgrade, service, newer)
        for service in plan.services if plan.rolls_back else ():
            await exchange(rolling.roll_back, service, older)
            await exchange(rolling.upgrade, service, newer)
    return done


async def _rolling(plan: Plan, home: Home, addresses: Addresses, launcher: Checkouts) -> Rolling:
    secrets = load_secrets(home)
    names = [manifest.database for manifest in MANIFESTS]
    databases = await create_databases(addresses.servers.postgres_url, names, secrets.service_password)
    environments = {
        manifest.name: service_environment(secrets, addresses, databases[manifest.database], manifest.upstreams)
        for manifest in MANIFESTS
        if manifest.name in plan.services
    }
    return Rolling(home, secrets, launcher, environments, plan.is_hard)


async def _figures(shops: Sequence[Shop]) -> list[Figure]:
    """Every shop's figures, one after the other."""
    return [figure for shop in shops for figure in await shop.figures()]

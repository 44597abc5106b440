"""`observability check`: a stack of its own, watched, used, and with one worker stopped."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, product

import httpx
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.services import ROLES, SERVICES
from cartwheel_local.stack import down, purge, up
from localservers.errors import LocalStackError
from localservers.home import Home
from localservers.processes import stop
from localservers.state import load_running
from rich.console import Console

from observability.api import Prometheus, notifications
from observability.dashboards.committed import targets_in
from observability.expectations import Query, faults_of, in_no_query
from observability.exporters import SERVERS
from observability.paths import RULES
from observability.rules import rules_in
from observability.shoppers import let_shoppers_in
from observability.watching import Watched, watch

STOPPED = ("upsell", "worker")
ALERT = "ProcessDown"
RECEIVERS = {"pagerduty-ecommerce-oncall", "slack-ecommerce-alerts"}
"""Who gets a critical alert."""
PATIENCE_SECONDS = 300.0
PAUSE_SECONDS = 1.0


@dataclass(slots=True)
class Report:
    """What was found; the check has passed when there are no faults."""

    faults: list[str] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """One line with the figures."""
        figures = ", ".join(f"{value} {name}" for name, value in self.figures.items())
        return f"{'FAILED' if self.faults else 'OK'}: {figures}, {len(self.faults)} faults"


@dataclass(frozen=True, slots=True)
class Check:
    """One run of the check; all that it makes is in `home`."""

    home: Home
    reporter: ConsoleReporter

    async def run(self) -> Report:
        """Do all of it and end what it started.

        Raises LocalStackError when the stack does not start, or an alert or a target does not come in time.
        """
        report = Report()
        try:
            await purge(self.home)
            home = Home.at(self.home.path)
            watched = await watch(home, self.reporter)
            async with (
                httpx.AsyncClient(base_url=watched.prometheus_url, timeout=30) as prometheus,
                httpx.AsyncClient(base_url=watched.receiver_url, timeout=30) as receiver,
            ):
                with self.reporter.showing():
                    await self._look(Prometheus(prometheus), report)
                    await self._stop_a_worker(watched, receiver, report)
        finally:
            await down(self.home)
        return report

    async def _look(self, prometheus: Prometheus, report: Report) -> None:
        with self.reporter.step("Every target is up"):
            await until(lambda: targets_not_up(prometheus), "these targets are not up")
            report.figures["targets up"] = str(len(await prometheus.targets()))
        with self.reporter.step("Shoppers"):
            await let_shoppers_in(self.home)
        with self.reporter.step("Every rule is loaded and evaluated"):
            await until(lambda: rules_not_evaluated(prometheus), "these rules were not evaluated")
            report.faults += await rule_faults(prometheus)
            report.figures["rules evaluated"] = str(len(await prometheus.rules()))
        with self.reporter.step("Every query has data"):
            queries = all_queries()
            report.faults += await query_faults(prometheus, queries)
            report.figures["queries answered"] = str(len(queries))

    async def _stop_a_worker(self, watched: Watched, receiver: httpx.AsyncClient, report: Report) -> None:
        service, role = STOPPED

        async def arrived(status: str) -> list[str]:
            got = await notifications(receiver, ALERT, status, service=service, role=role)
            return sorted(RECEIVERS - got)

        with self.reporter.step(f"{service}'s {role} is stopped: {ALERT} arrives"):
            started = time.monotonic()
            await stop(self.home, load_running(self.home)[f"{service}-{role}"])
            await until(lambda: arrived("firing"), f"{ALERT} did not reach")
            report.figures["s from a stopped worker to the alert"] = f"{time.monotonic() - started:.0f}"
        with self.reporter.step("It is started again: the alert is resolved"):
            started = time.monotonic()
            await up(self.home, ConsoleReporter(Console(quiet=True)))
            await until(lambda: arrived("resolved"), f"{ALERT} was not resolved for")
            report.figures["s from its start to the end of the alert"] = f"{time.monotonic() - started:.0f}"


def all_queries() -> list[Query]:
    """What rules ask, and what panels of dashboards do."""
    rules = [Query(rule.name, rule.query, may_be_empty=rule.is_alert) for rule in rules_in(RULES)]
    panels = [Query(f"{found.board}: {found.panel}", found.query, may_be_empty=False) for found in targets_in()]
    return rules + panels


async def rule_faults(prometheus: Prometheus) -> list[str]:
    """Rules of the repository that are not loaded, and those that are and fail."""
    loaded = await prometheus.rules()
    missing = Counter((rule.name, rule.labels) for rule in rules_in(RULES))
    missing.subtract((rule.name, rule.labels) for rule in loaded)
    return [
        *(f"{name} {dict(labels)} is not loaded" for (name, labels), count in missing.items() if count > 0),
        *(f"{rule.name} {dict(rule.labels)}: {rule.error}" for rule in loaded if rule.health != "ok"),
    ]


async def targets_not_up(prometheus: Prometheus) -> list[str]:
    """The processes of the stack that are not scraped, with the reason where there is one."""
    found = {(target.service, target.role): target for target in await prometheus.targets()}
    return [
        f"{service} {role} ({found[service, role].error or 'not yet'})"
        if (service, role) in found
        else f"{service} {role} (unknown)"
        for service, role in (*product(SERVICES, ROLES), *SERVERS)
        if (service, role) not in found or found[service, role].health != "up"
    ]


async def rules_not_evaluated(prometheus: Prometheus) -> list[str]:
    """The rules that are loaded and of which nothing is known yet."""
    return [rule.name for rule in await prometheus.rules() if rule.health == "unknown"]


async def query_faults(prometheus: Prometheus, queries: Sequence[Query]) -> list[str]:
    """What is wrong with the queries, each fault once; one that has no data is asked again for a while.

    What shoppers did has to be scraped first, and recorded by a rule before another rule can ask for it.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS / 3
    while True:
        found = [await faults_of(prometheus, query) for query in queries]
        faults = list(dict.fromkeys(chain(*found, in_no_query(queries))))
        if not faults or time.monotonic() > deadline:
            return faults
        await asyncio.sleep(PAUSE_SECONDS)


async def until(missing: Callable[[], Awaitable[list[str]]], reason: str) -> None:
    """Ask again and again until nothing is missing; raises LocalStackError naming what still is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := await missing():
        if time.monotonic() > deadline:
            raise LocalStackError(f"{reason} within {PATIENCE_SECONDS:.0f} s: {', '.join(left)}")
        await asyncio.sleep(PAUSE_SECONDS)

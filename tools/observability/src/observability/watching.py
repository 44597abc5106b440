"""The stack with what watches it beside it: Prometheus and Alertmanager, or the pages of traces."""

from dataclasses import dataclass

from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import load_secrets
from cartwheel_local.stack import up
from localservers.home import Home
from localservers.state import only_one

from observability.alertmanager import start_alertmanager, start_receiver
from observability.exporters import start_exporters
from observability.prometheus import start_prometheus
from observability.traces.starting import start_traces


@dataclass(frozen=True, slots=True)
class Watched:
    """Where each answers; `receiver_url` has what a person would have been paged with."""

    prometheus_url: str
    alertmanager_url: str
    receiver_url: str


async def follow(home: Home, reporter: ConsoleReporter) -> str:
    """Start the traces' pages and have every service of the stack send its spans there; return their address.

    Idempotent: on a stack that sends them already nothing changes.
    """
    async with only_one(home):
        with reporter.showing(), reporter.step("Traces"):
            address = await start_traces(home, load_secrets(home))
    await up(home, reporter)
    return address


async def watch(home: Home, reporter: ConsoleReporter) -> Watched:
    """Start whatever does not run of the stack and of what watches it; `down` of the stack ends all of it.

    Idempotent. Raises StepFailed with the log of what did not start.
    """
    await up(home, reporter)
    async with only_one(home):
        secrets = load_secrets(home)
        with reporter.showing():
            with reporter.step("Alertmanager and its receiver"):
                receiver_url = await start_receiver(home, secrets)
                alertmanager_url = await start_alertmanager(home, secrets, receiver_url)
            with reporter.step("Metrics of Redis and RabbitMQ"):
                servers = await start_exporters(home, secrets)
            with reporter.step("Prometheus"):
                prometheus_url = await start_prometheus(
                    home, secrets, servers, alertmanager_url.removeprefix("http://")
                )
    return Watched(prometheus_url, alertmanager_url, receiver_url)

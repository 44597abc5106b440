"""The exporters against real servers: every name that rules and dashboards may use, and a server that went away."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest
from cartwheel_local.environment import write_stack_env
from cartwheel_local.gateway import start_gateway
from cartwheel_local.secrets import load_secrets
from cartwheel_local.services import SERVICES
from cartwheel_local.stack import purge
from localservers.home import Home
from localservers.postgres import start_postgres
from localservers.processes import stop
from localservers.redis import start_redis
from localservers.state import load_running
from observability.exporters import METRICS, start_exporters

EXPORTERS = ("prometheus-postgres-exporter", "prometheus-redis-exporter", "prometheus-nginx-exporter")
MISSING = [name for name in EXPORTERS if shutil.which(name) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed here (scripts/install-monitoring): {', '.join(MISSING)}"
)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """A home whose PostgreSQL, Redis and gateway run."""
    home = Home.at(tmp_path / "home")
    secrets = load_secrets(home)
    try:
        postgres, redis, _ = await asyncio.gather(
            start_postgres(home, secrets),
            start_redis(home, secrets),
            start_gateway(home, secrets, dict.fromkeys(SERVICES, 9)),
        )
        write_stack_env(home, {"POSTGRES_URL": postgres, "REDIS_URL": redis})
        yield home
    finally:
        await purge(home)


async def test_every_metric_of_a_server_is_answered_and_says_when_it_is_away(home: Home) -> None:
    """A name that an exporter does not know would be an alert that is silent for ever."""
    targets = {target.service: target for target in await start_exporters(home, load_secrets(home))}
    found = {service: await _metrics(target.address) for service, target in targets.items()}

    assert set(found) == {"postgres", "redis", "gateway"}
    assert _named(found) == {name for name in METRICS if not name.startswith("rabbitmq_")}
    assert _ups(found) == {"pg_up": "1", "redis_up": "1", "nginx_up": "1"}

    await asyncio.gather(*(stop(home, load_running(home)[name]) for name in ("postgres", "redis", "gateway")))
    found = {service: await _metrics(target.address) for service, target in targets.items()}

    assert _ups(found) == {"pg_up": "0", "redis_up": "0", "nginx_up": "0"}


def _named(found: Mapping[str, Mapping[str, str]]) -> set[str]:
    return {name for metrics in found.values() for name in metrics} & METRICS


def _ups(found: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {name: value for metrics in found.values() for name, value in metrics.items() if name.endswith("_up")}


async def _metrics(address: str) -> dict[str, str]:
    """The metrics by name, one value of each."""
    async with httpx.AsyncClient(timeout=60) as client:
        text = (await client.get(f"http://{address}/metrics")).raise_for_status().text
    return dict(re.findall(r"^(\w+)(?:\{.*\})? (\S+)$", text, re.MULTILINE))

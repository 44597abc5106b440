"""The servers of a drill: one of each, or RabbitMQ as three nodes and PostgreSQL with a synchronous standby."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from localservers.failover import make_synchronous
from localservers.home import Home
from localservers.postgres import STANDBY, start_primary, start_standby
from localservers.rabbitmq import start_node
from localservers.secrets import ServerSecrets, keep_secrets
from localservers.servers import STARTERS, Starter
from servicekit.testing.proxies import Wire

NODES: Final = ("rabbitmq", "rabbitmq-2", "rabbitmq-3")
SINGLE: Final[Mapping[str, Starter]] = {name: starter for name, (_, starter) in STARTERS.items()}
CLUSTERED: Final[Mapping[str, Starter]] = {
    "postgres": start_primary,
    STANDBY: start_standby,
    "redis": SINGLE["redis"],
    **{node: partial(start_node, name=node, cluster=NODES) for node in NODES},
}
"""In the order in which they are started for the first time."""
READ_WRITE: Final = "target_session_attrs=read-write"


@dataclass(frozen=True, slots=True)
class Servers:
    """What services reach, by the drill's own way past the wires; `brokers` and `primary` are processes."""

    postgres_url: str
    redis_url: str
    rabbitmq_url: str
    """Of one node."""
    brokers: Sequence[str] = ("rabbitmq",)
    primary: str = "postgres"
    postgres: Mapping[str, str] = field(default_factory=dict)
    """The own address of each server, by process, where PostgreSQL has a standby."""
    wires: Mapping[str, Wire] = field(default_factory=dict)
    upstreams: Mapping[str, Wire] = field(default_factory=dict)
    """By the service that others call through it."""


async def start_servers(home: Home, starters: Mapping[str, Starter]) -> Mapping[str, str]:
    """Start them one after the other, and return their addresses; commits wait for the standby from then on."""
    secrets = keep_secrets(home, ServerSecrets)
    urls = {name: await starter(home, secrets) for name, starter in starters.items()}
    if STANDBY in urls:
        await make_synchronous(urls["postgres"])
    return urls


def as_addresses(urls: Mapping[str, str]) -> Mapping[str, str]:
    """The address of each kind of server: of all its nodes, where there are several."""
    postgres = [url for name, url in urls.items() if name.startswith("postgres")]
    rabbitmq = [url for name, url in urls.items() if name.startswith("rabbitmq")]
    query = READ_WRITE if len(postgres) > 1 else ""
    return {
        "postgres": _over(postgres, query),
        "redis": urls["redis"],
        "rabbitmq": _over(rabbitmq),
    }


def _over(urls: Sequence[str], query: str = "") -> str:
    """One address of several hosts; account and path are those of the first."""
    parts = urlsplit(urls[0])
    account = parts.netloc.rpartition("@")[0]
    hosts = ",".join(urlsplit(url).netloc.rpartition("@")[2] for url in urls)
    return urlunsplit(parts._replace(netloc=f"{account}@{hosts}", query=query))

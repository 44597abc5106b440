"""Wires between services: before each one that others call."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from cartwheel_local.launching import Launcher
from cartwheel_local.secrets import Secrets
from cartwheel_local.services import service_ports
from cartwheel_local.stack import PACKAGES
from localservers.home import Home
from localservers.processes import Spec
from servicekit.testing.proxies import Wire, wired

from chaos.databases import MANIFESTS

Ways = Mapping[str, str]
"""Addresses by the address in whose place they are given."""


@dataclass(frozen=True, slots=True)
class ByOtherWays:
    """Starts services as ever, but for the addresses that `ways_of` a process ("cart-api") replaces."""

    ways_of: Callable[[str], Ways]

    def spec(self, home: Home, service: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Spec:
        """Return an ordinary process of this interpreter."""
        ways = self.ways_of(f"{service}-{arguments[0]}")
        return PACKAGES.spec(
            home, service, arguments, {name: ways.get(value, value) for name, value in environment.items()}
        )

    async def migrate(self, home: Home, secrets: Secrets, environments: Mapping[str, Mapping[str, str]]) -> None:
        """Migrate as ever."""
        await PACKAGES.migrate(home, secrets, environments)


@dataclass(frozen=True, slots=True)
class Between:
    """How services are started so that they reach each other by these wires, named after who is called."""

    launcher: Launcher
    wires: Mapping[str, Wire] = field(default_factory=dict)


OpenBetween = Callable[[Home], AbstractAsyncContextManager[Between]]
"""Entered before the first service of this home starts, left after the last has ended."""


@asynccontextmanager
async def wired_upstreams(home: Home) -> AsyncGenerator[Between]:
    """A wire before every service that another one calls."""
    ports = service_ports(home)
    wires: dict[str, Wire] = {}
    ways: dict[str, str] = {}
    async with AsyncExitStack() as resources:
        for name in sorted({upstream for manifest in MANIFESTS for upstream in manifest.upstreams}):
            address = f"http://127.0.0.1:{ports[f'{name}-api']}"
            wires[name], ways[address] = await resources.enter_async_context(wired(address))
        yield Between(ByOtherWays(lambda _: ways), wires)

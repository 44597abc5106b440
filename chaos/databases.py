"""Connections to every service's database, as a superuser who sees every company's rows."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from localservers.home import REPOSITORY
from manifests.reading import load_manifests

MANIFESTS = load_manifests(REPOSITORY)


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of the server at this address."""

    postgres_url: str

    @asynccontextmanager
    async def of(self, service: str) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
        """Connect to one service's database."""
        place = urlsplit(self.postgres_url)
        connection = await asyncpg.connect(urlunsplit(place._replace(path=f"/cartwheel_{service}")), timeout=30)
        try:
            yield connection
        finally:
            await connection.close()

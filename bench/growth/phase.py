"""Whether what is asked of one cart, or of one company's, costs more when there are millions: both in one run."""

from collections.abc import Awaitable, Sequence
from urllib.parse import urlsplit, urlunsplit

from cart.staff.service import fold_counts
from servicekit.db import Database
from servicekit.testing.databases import PoolSettings

from bench.errors import BenchError
from bench.growth.finder import find, let_be_due
from bench.growth.result import Growth
from bench.growth.seeding import seed
from bench.growth.staff import lists, numbers
from bench.load.closed import closed_loop
from bench.result import Load, Measurement
from bench.session import Session
from bench.stack import API_ALONE

FEW = 1_000
MANY = 5_000_000
"""Carts that a run of scale 1 comes to."""
_READ = 500
"""Carts that are read, the same ones in both rounds: so many that the limiter lets one connection."""


async def growth(session: Session) -> None:
    """Ask with a thousand carts, fill the database, ask again.

    Nobody relays or consumes meanwhile; the counts that staff's numbers come from are folded, as a worker would have.
    """
    await session.stack.keep_only(API_ALONE)
    database = await Database.open(PoolSettings(session.stack.database_url("cart")), service="bench")
    try:
        asking = _Asking(session, database, await session.shoppers.reads(_READ))
        await session.shoppers.filled(FEW - _READ)
        few = await asking.all()
        await _fill(session)
        many = await asking.all()
    finally:
        await database.close()
    session.report.growth = [Growth(before, after) for before, after in zip(few, many, strict=True)]


async def _fill(session: Session) -> None:
    carts = round(MANY * session.scale)
    if carts < FEW:
        raise BenchError(f"{carts:,} carts are too few to show anything: take a scale of {FEW / MANY} or more")
    place = urlsplit(session.stack.addresses.servers.postgres_url)
    superuser = urlunsplit(place._replace(path="/cartwheel_cart"))
    company = session.shop.company_id, session.shop.site_id
    await seed(superuser, carts, largest=company, console=session.console)


class _Asking:
    """One round of questions; the second asks for the same carts as the first."""

    def __init__(self, session: Session, database: Database, reads: Sequence[bytes]) -> None:
        self._session, self._database, self._reads = session, database, reads

    async def all(self) -> list[Measurement]:
        """Measure each operation, one request after the other."""
        session = self._session
        adds = await session.requests_of("add item", session.plan.prepared("add item") // 4)
        await let_be_due(self._database, session.shop.company_id)
        await fold_counts(self._database, dry_run=False)
        async with session.stack.looking_into("cart") as connection:
            await connection.execute("VACUUM (ANALYZE)")
            await connection.execute("CHECKPOINT")
            count = await connection.fetchval("SELECT count(*) FROM carts")
            pages = await lists(session, connection)
        where = f"{count:,} carts"
        found = [
            await self._closed(where, "get cart", self._reads),
            await self._closed(where, "admin list", pages),
            await self._closed(where, "stats", numbers(session)),
            await self._measured(where, "find due", find(self._database, session.plan.seconds)),
        ]
        return [await self._closed(where, "add item", adds), *found]

    async def _closed(self, where: str, operation: str, requests: Sequence[bytes]) -> Measurement:
        session = self._session
        file = session.write(requests)
        load = closed_loop(session.stack.api_url, file, connections=1, seconds=session.plan.seconds)
        return await self._measured(where, operation, load)

    async def _measured(self, where: str, operation: str, load: Awaitable[Load]) -> Measurement:
        return await self._session.measure(where, operation, "closed, 1", load)

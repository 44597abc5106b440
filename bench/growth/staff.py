"""What staff ask about a company's carts: its list, from several places of it, and its numbers."""

import asyncpg
from servicekit.http.paging import Cursor
from simulator.tokens import Tokens

from bench.load.requests import request
from bench.session import Session

_IN_THE_MIDDLE = """
SELECT id FROM carts WHERE company_id = $1 ORDER BY id
OFFSET (SELECT count(*) / 2 FROM carts WHERE company_id = $1) LIMIT 1
"""


async def lists(session: Session, database: "asyncpg.Connection[asyncpg.Record]") -> list[bytes]:
    """The newest carts, those in one state, those of one site, and pages from the middle of all and of the site's."""
    middle = Cursor.encode(await database.fetchval(_IN_THE_MIDDLE, session.shop.company_id))
    site = f"?siteId={session.shop.site_id}"
    queries = ("", "?status=ACTIVE", site, f"?cursor={middle}", f"{site}&cursor={middle}")
    return [request("GET", f"/api/admin/carts{query}", _headers(session)) for query in queries]


def numbers(session: Session) -> list[bytes]:
    """The company's numbers, and one site's."""
    paths = ("/api/admin/carts/stats", f"/api/admin/carts/stats?siteId={session.shop.site_id}")
    return [request("GET", path, _headers(session)) for path in paths]


def _headers(session: Session) -> dict[str, str]:
    tokens = Tokens(session.stack.secrets.jwt_secret, session.stack.secrets.service_token_secret)
    company = session.shop.company_id
    return {"authorization": f"Bearer {tokens.admin(company)}", "x-company-id": str(company)}

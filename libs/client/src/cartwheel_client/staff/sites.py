"""Sites: where a company sells, in which currency, and by which rules its carts live."""

from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, Connection
from cartwheel_client.models.cart import ChangeSite, CreateSite, SiteView, SiteViewPage

_PATH = "/api/admin/sites"


@dataclass(frozen=True, slots=True)
class Sites:
    """A company's sites."""

    connection: Connection

    async def create(self, site: CreateSite, **conditions: Unpack[Conditions]) -> SiteView:
        """Open a site, or answer the company's one that has this id."""
        return await self.connection.change(SiteView, "POST", _PATH, site, conditions=conditions)

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> SiteViewPage:
        """A page of the sites."""
        return await self.connection.read(SiteViewPage, _PATH, limit=limit, cursor=cursor)

    async def read(self, site_id: UUID) -> SiteView:
        """One site."""
        return await self.connection.read(SiteView, f"{_PATH}/{site_id}")

    async def change(self, site_id: UUID, change: ChangeSite, **conditions: Unpack[Conditions]) -> SiteView:
        """Change what the body names."""
        path = f"{_PATH}/{site_id}"
        return await self.connection.change(SiteView, "PATCH", path, change, conditions=conditions)

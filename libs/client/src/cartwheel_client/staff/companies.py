"""Companies: for the platform's own people."""

from dataclasses import dataclass

from cartwheel_client.connection import Connection, Repeating
from cartwheel_client.models.cart import CompanyView, CompanyViewPage, CreateCompany

_PATH = "/api/admin/companies"


@dataclass(frozen=True, slots=True)
class Companies:
    """Makes companies and lists them."""

    connection: Connection

    async def create(self, company: CreateCompany) -> CompanyView:
        """Make a company; with an id that exists already only its name changes."""
        repeating = Repeating.ALWAYS if company.id is not None else Repeating.NEVER
        return await self.connection.change(CompanyView, "POST", _PATH, company, repeating=repeating)

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> CompanyViewPage:
        """A page of all companies."""
        return await self.connection.read(CompanyViewPage, _PATH, limit=limit, cursor=cursor)

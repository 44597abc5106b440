"""The client itself: one pool of connections to one Cartwheel, and who speaks through it."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx

from cartwheel_client.connection import Connection
from cartwheel_client.customer import CustomerCart
from cartwheel_client.guest import GuestCart
from cartwheel_client.lists import SharedLists
from cartwheel_client.models.cart import Readiness
from cartwheel_client.orders import Orders
from cartwheel_client.recovery_links import RecoveryLinks
from cartwheel_client.retries import Retries
from cartwheel_client.staff import Staff
from cartwheel_client.storefront import Storefront

_COMPANY = "x-company-id"


@dataclass(frozen=True, slots=True)
class Backfill:
    """Carts of the past: a service token with the scope `backfill`, and when what is sent now happened."""

    service_token: str
    occurred_at: datetime


class Cartwheel:
    """One company's Cartwheel at one address; use it as an async context manager, or call `close`.

    `timeout` is in seconds for each attempt. `headers` go with every request (such as accept-language or traceparent).
    Safe for any number of tasks at a time.
    """

    def __init__(
        self,
        base_url: str,
        company_id: UUID,
        *,
        timeout: float = 10.0,
        retries: Retries | None = None,
        headers: Mapping[str, str] | None = None,
        limits: httpx.Limits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.company_id = company_id
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout,
            headers={"accept": "application/json", **(headers or {})},
            limits=limits or httpx.Limits(),
            transport=transport,
        )
        self._retries = retries or Retries()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @property
    def headers(self) -> MutableMapping[str, str]:
        """What goes with every request from now on; may be changed."""
        return self._client.headers

    def guest(
        self,
        session_token: str | None = None,
        *,
        cart_id: UUID | None = None,
        backfill: Backfill | None = None,
    ) -> GuestCart:
        """A guest's cart: the one that a session token opens, or one that is yet to be created."""
        credentials = self._company()
        if backfill is not None:
            credentials |= _bearer(backfill.service_token) | {"x-occurred-at": backfill.occurred_at.isoformat()}
        return GuestCart(self._connection(credentials), session_token, cart_id)

    def customer(self, token: str, *, site_id: UUID | None = None) -> CustomerCart:
        """The cart of the signed-in customer whose JWT this is, on a site; else on the company's first."""
        query = {"siteId": site_id} if site_id is not None else {}
        return CustomerCart(Connection(self._client, self._retries, _bearer(token), query))

    def storefront(self) -> Storefront:
        """The catalogue as anybody may see it."""
        return Storefront(self._connection(self._company()))

    def shared_lists(self) -> SharedLists:
        """What the links of shoppers show of their lists."""
        return SharedLists(self._connection(self._company()))

    def staff(self, token: str) -> Staff:
        """What the company's staff does, by their JWT."""
        return Staff(self._connection(self._company() | _bearer(token)))

    def orders(self, service_token: str, *, occurred_at: datetime | None = None) -> Orders:
        """What the shop's order system does; the base address has to be the cart service's own.

        `occurred_at` is for orders of the past and needs the scope `backfill`.
        """
        credentials = self._company() | _bearer(service_token)
        if occurred_at is not None:
            credentials["x-occurred-at"] = occurred_at.isoformat()
        return Orders(self._connection(credentials))

    def recovery_links(self) -> RecoveryLinks:
        """What the links in recovery mails lead to."""
        return RecoveryLinks(self._connection({}))

    async def health(self) -> Readiness:
        """Whether the cart service is there, and how what it needs is."""
        return await self._connection({}).read(Readiness, "/api/health")

    def _company(self) -> dict[str, str]:
        return {_COMPANY: str(self.company_id)}

    def _connection(self, credentials: Mapping[str, str]) -> Connection:
        return Connection(self._client, self._retries, credentials)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}

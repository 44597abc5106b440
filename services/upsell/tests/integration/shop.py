"""A company as the upsell service has it from events, and its shoppers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from contracts.base import Event
from contracts.cart import CartConverted, CartTotals, FullLine
from contracts.cart_calls import CartSnapshot
from contracts.envelope import Envelope, RecordedEvent
from contracts.inventory import ProductChanged, StockChanged, Variant
from servicekit.db import Database
from servicekit.ids import hash_token, new_id, new_token
from servicekit.testing import Published, deliver, envelope_of, published
from upsell.subscriptions import subscriptions

from ..cart_service import CartService  # the tests' own folder has no name to import it by

PATH = "/api/cart/upsells"
EUROS: Mapping[str, int] = {"EUR": 1000}


@dataclass
class Shopper:
    """A guest of a shop with a session of its own."""

    shop: "Shop"
    token: str = field(default_factory=new_token)

    @property
    def owner(self) -> tuple[UUID, str]:
        """By what the cart service identifies the guest."""
        return self.shop.company_id, hash_token(self.token).hex()

    def has(self, *products: str, currency: str = "EUR", version: int = 1) -> CartSnapshot:
        """The guest's cart now has these products."""
        ids = [self.shop.ids[product] for product in products]
        return self.shop.carts.opens(self.owner, *ids, currency=currency, version=version)

    async def asks(
        self,
        method: str,
        path: str = "",
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> httpx.Response:
        """A call to the upsell routes."""
        credentials = {"x-company-id": str(self.shop.company_id), "x-session-token": self.token, **(headers or {})}
        return await (client or self.shop.client).request(method, PATH + path, json=body, headers=credentials)

    async def sees(self, query: str = "") -> dict[str, Any]:
        """What is offered, its items by the names of the products."""
        answer = await self.asks("GET", query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return {**found, "items": [self.shop.name_of(item["productId"]) for item in found["items"]]}

    async def adds(
        self, product: str, body: object = None, *, key: str | None = None, client: httpx.AsyncClient | None = None
    ) -> httpx.Response:
        """Put an offered product into the cart, with an Idempotency-Key if one is given."""
        headers = {"idempotency-key": key} if key else {}
        return await self.asks("POST", f"/{self.shop.ids[product]}/add", body, headers=headers, client=client)

    async def dismisses(self, product: str) -> httpx.Response:
        """Wave an offered product away."""
        return await self.asks("POST", f"/{self.shop.ids[product]}/dismiss")


@dataclass
class Shop:
    """One company of a test; nothing of it is seen by another test. Products go by name."""

    client: httpx.AsyncClient
    database: Database
    carts: CartService
    company_id: UUID
    ids: dict[str, UUID] = field(default_factory=dict)
    variants: dict[str, UUID] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def shopper(self) -> Shopper:
        """A new guest."""
        return Shopper(self)

    def name_of(self, product_id: str) -> str:
        """The product with this id."""
        return next(name for name, known in self.ids.items() if str(known) == product_id)

    def variant(self, name: str, **fields: Any) -> Variant:
        """The product's one variant, for ten euros and one left unless the fields say otherwise."""
        variant_id = self.variants.setdefault(name, new_id())
        return Variant(
            **{"variant_id": variant_id, "sku": name, "title": "", "prices": EUROS, "available": 1, **fields}
        )

    def product(self, name: str, *variants: Variant, active: bool = True) -> Envelope[ProductChanged]:
        """The news that a product is like this now."""
        product_id = self.ids.setdefault(name, new_id())
        self.versions[name] = self.versions.get(name, 0) + 1
        event = ProductChanged(
            title=name.title(),
            slug=name,
            active=active,
            image_url=f"/{name}.svg",
            variants=variants or (self.variant(name),),
        )
        return self._envelope(event, product_id, self.versions[name])

    def stock(self, name: str, available: int, version: int) -> Envelope[StockChanged]:
        """The news of what is left of the product's one variant."""
        event = StockChanged(product_id=self.ids[name], sku=name, available=available)
        return self._envelope(event, self.variants[name], version)

    def sale(self, *products: str, quantity: int = 1) -> Envelope[CartConverted]:
        """The news that a cart with these products was ordered."""
        event = CartConverted(
            site_id=new_id(),
            currency="EUR",
            actor="system",
            order_id="order",
            lines=tuple(self._line(product, quantity) for product in products),
            totals=CartTotals(item_count=0, subtotal=0, discount_total=0, shipping_total=0, tax_total=0, total=0),
        )
        return self._envelope(event, new_id(), 5)

    async def receives(self, *events: Envelope[Any]) -> None:
        """News arrives, in this order."""
        for event in events:
            await deliver(subscriptions, event, self.database)

    async def sells(self, *names: str) -> None:
        """The catalogue has these products, in the order in which they were made."""
        await self.receives(*(self.product(name) for name in names))

    async def sold(self, *baskets: str) -> None:
        """Orders were placed, each a text such as "mug tea"."""
        await self.receives(*(self.sale(*basket.split()) for basket in baskets))

    async def events(self, *types: type[Event]) -> list[Published]:
        """What was published for the company."""
        return [event for event in await published(self.database, *types) if event.company_id == self.company_id]

    def _envelope(self, event: Event, aggregate_id: UUID, version: int) -> Envelope[Any]:
        return envelope_of(RecordedEvent(event, self.company_id, aggregate_id, version, datetime.now(UTC)))

    def _line(self, name: str, quantity: int) -> FullLine:
        return FullLine(
            line_id=new_id(),
            product_id=self.ids[name],
            variant_id=self.variants[name],
            quantity=quantity,
            unit_price=1000,
            line_discount=0,
            line_total=1000 * quantity,
            sku=name,
            title=name,
        )

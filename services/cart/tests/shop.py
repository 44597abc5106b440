"""The builder of the cart service's scenarios: a shop, its catalogue, and its shoppers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

import httpx
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.inventory import ProductChanged, StockChanged, Variant
from servicekit.db import Database
from servicekit.ids import new_id, new_token
from servicekit.testing.delivery import deliver
from servicekit.testing.tokens import mint_jwt


@dataclass(frozen=True)
class Guest:
    """A guest's session: what the browser keeps."""

    cart_id: str
    token: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The address of the guest's cart."""
        return f"/api/public/cart/{self.cart_id}"


@dataclass(frozen=True)
class Customer:
    """A signed-in shopper."""

    headers: dict[str, str]
    path: ClassVar[str] = "/api/cart"


class Shopper(Protocol):
    """Who changes a cart, and at which address."""

    @property
    def headers(self) -> dict[str, str]:
        """What opens the cart."""
        ...

    @property
    def path(self) -> str:
        """The address of the cart."""
        ...


@dataclass
class Shop:
    """One company with one site. `products` maps a sku to its product's and variant's ids."""

    client: httpx.AsyncClient
    database: Database
    company_id: UUID
    site_id: str
    products: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)

    @classmethod
    async def open(cls, client: httpx.AsyncClient, database: Database, **site: Any) -> "Shop":
        """Make a company, its site, and a mug of 12.50 USD with plenty in stock."""
        company_id = new_id()
        platform = {"authorization": f"Bearer {mint_jwt(company_id, 'root', roles=['platform'])}"}
        made = await client.post("/api/admin/companies", json={"id": str(company_id), "name": "Mugs"}, headers=platform)
        assert made.status_code == 201, made.text
        shop = cls(client, database, company_id, "")
        body = {"name": "Mugs online", "currency": "USD", **site}
        answer = await client.post("/api/admin/sites", json=body, headers=shop.staff())
        assert answer.status_code == 201, answer.text
        shop.site_id = answer.json()["id"]
        await shop.stock("mug", price=1250)
        return shop

    async def stock(self, sku: str, *, price: int, available: int | None = 1000, **variant: Any) -> None:
        """Let the catalogue say that this product exists, or that it has changed."""
        product_id, variant_id = self.products.get(sku, (new_id(), new_id()))
        self.products[sku] = product_id, variant_id
        fields = {"title": sku.title(), "prices": {"USD": price}, "available": available, **variant}
        event = ProductChanged(
            title=sku.title(),
            slug=sku,
            active=True,
            variants=(Variant(variant_id=variant_id, sku=sku, **fields),),
        )
        await self.say(event, product_id)

    async def left(self, sku: str, available: int) -> None:
        """Let inventory say how many are left."""
        product_id, variant_id = self.products[sku]
        await self.say(StockChanged(product_id=product_id, sku=sku, available=available), variant_id)

    async def say(self, event: ProductChanged | StockChanged, aggregate_id: UUID) -> None:
        """Deliver this as inventory publishes it, later than all before."""
        now = datetime.now(UTC)
        version = int(now.timestamp() * 1_000_000) - 1_700_000_000_000_000
        version = version % 2_000_000_000
        await deliver(subscriptions, RecordedEvent(event, self.company_id, aggregate_id, version, now), self.database)

    def staff(self, *roles: str) -> dict[str, str]:
        """The headers of the company's staff."""
        return {"authorization": f"Bearer {mint_jwt(self.company_id, 'staff', roles=roles or ['admin'])}"}

    def customer(self, customer_id: str = "ada") -> dict[str, str]:
        """The headers of a signed-in shopper."""
        return {"authorization": f"Bearer {mint_jwt(self.company_id, customer_id)}"}

    def anybody(self) -> dict[str, str]:
        """The headers of a guest without a session."""
        return {"x-company-id": str(self.company_id)}

    def stranger(self, guest: Guest) -> dict[str, str]:
        """The headers of a guest with some other session."""
        return {**guest.headers, "x-session-token": new_token()}

    async def guest_cart(self, lines: dict[str, int] | None = None) -> Guest:
        """A guest with a cart of these skus."""
        made = await self.client.post("/api/public/cart", json={"currency": "USD"}, headers=self.anybody())
        assert made.status_code == 201, made.text
        token = made.json()["sessionToken"]
        guest = Guest(made.json()["id"], token, {**self.anybody(), "x-session-token": token})
        for sku, quantity in (lines or {}).items():
            answer = await self.add(guest, sku, quantity)
            assert answer.status_code in {200, 201}, answer.text
        return guest

    async def add(self, shopper: Shopper, sku: str, quantity: int = 1, **headers: str) -> httpx.Response:
        """Add a sku to the shopper's cart."""
        body = {"productId": str(self.products[sku][0]), "quantity": quantity}
        return await self.client.post(f"{shopper.path}/items", json=body, headers={**shopper.headers, **headers})

    async def read(self, guest: Guest) -> dict[str, Any]:
        """The guest's cart."""
        answer = await self.client.get("/api/public/cart", headers=guest.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def lines(self, headers: dict[str, str]) -> dict[str, int]:
        """What is in the cart that these headers open, by sku."""
        path = "/api/public/cart" if "x-session-token" in headers else "/api/cart"
        answer = await self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return {line["sku"]: line["quantity"] for line in answer.json()["items"]}

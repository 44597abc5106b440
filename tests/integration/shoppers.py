"""A company in both services, and what its shoppers do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from inventory.holds.use_cases.expire_hold import expire_some
from servicekit.auth.service_tokens import mint_service_token
from servicekit.testing import mint_jwt
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from .two_services import TwoServices

CUSTOMER = "ada"


@dataclass(frozen=True)
class Shopper:
    """Who has a cart, what opens it, and under which address its lines are."""

    cart_id: str
    path: str
    headers: dict[str, str]
    token: str | None = None


@dataclass
class TwoServiceShop:
    """One company with one site. `products` and `variants` are known by their sku."""

    services: TwoServices
    company_id: UUID
    products: dict[str, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def open(cls, services: TwoServices, company_id: UUID, stock: Mapping[str, int]) -> "TwoServiceShop":
        """Make the company, its site, and a product of each sku with so many in stock."""
        shop = cls(services, company_id)
        platform = {"authorization": f"Bearer {mint_jwt(company_id, 'root', roles=['platform'])}"}
        staff = {"authorization": f"Bearer {mint_jwt(company_id, 'staff', roles=['admin'])}"}
        company = {"id": str(company_id), "name": "Mugs"}
        _made(await services.cart.post("/api/admin/companies", json=company, headers=platform))
        site = {"name": "Mugs online", "currency": "USD"}
        _made(await services.cart.post("/api/admin/sites", json=site, headers=staff))
        for sku, quantity in stock.items():
            variant = {"sku": sku, "prices": {"USD": 1250}, "stock": quantity}
            product = {"title": sku.title(), "variants": [variant]}
            made = _made(await services.inventory.post("/api/admin/products", json=product, headers=staff))
            shop.products[sku], shop.variants[sku] = made["id"], made["variants"][0]["id"]
        return shop

    async def guest(self) -> Shopper:
        """A guest with an empty cart."""
        anybody = {"x-company-id": str(self.company_id)}
        made = _made(await self.services.cart.post("/api/public/cart", json={}, headers=anybody))
        token = made["sessionToken"]
        return Shopper(made["id"], f"/api/public/cart/{made['id']}", {**anybody, "x-session-token": token}, token)

    async def customer(self) -> Shopper:
        """The customer with the cart that they have open, or a new one."""
        headers = {"authorization": f"Bearer {mint_jwt(self.company_id, CUSTOMER)}"}
        made = _made(await self.services.cart.post("/api/cart", json={}, headers=headers))
        return Shopper(made["id"], "/api/cart", headers)

    async def change(self, shopper: Shopper, sku: str, quantity: int) -> httpx.Response:
        """Set the quantity of a sku's line, or delete it; add the sku, one at least, where the cart has none of it."""
        line = next((line for line, variant in await self._lines(shopper) if variant == self.variants[sku]), None)
        cart, path = self.services.cart, f"{shopper.path}/items"
        if line is None:
            body = {"productId": self.products[sku], "quantity": max(quantity, 1)}
            return await cart.post(path, json=body, headers=shopper.headers)
        if quantity == 0:
            return await cart.delete(f"{path}/{line}", headers=shopper.headers)
        return await cart.patch(f"{path}/{line}", json={"quantity": quantity}, headers=shopper.headers)

    async def hold(self, shopper: Shopper, method: str) -> httpx.Response:
        """Place or release the cart's hold."""
        path = f"/api/cart/{shopper.cart_id}/hold"
        return await self.services.cart.request(method, path, headers=shopper.headers)

    async def order(self, shopper: Shopper, which: int, *, part: bool) -> httpx.Response:
        """Order the cart under the first or the second of its order ids."""
        body: dict[str, Any] = {"orderId": f"{shopper.cart_id}-{which}"}
        if part and (lines := await self._lines(shopper)):
            body["lines"] = [{"lineId": lines[0][0], "quantity": 1}]
        service = mint_service_token(SERVICE_TOKEN_SECRET, "order-system", (), timedelta(minutes=1))
        headers = {"authorization": f"Bearer {service}", "x-company-id": str(self.company_id)}
        return await self.services.cart.post(f"/internal/carts/{shopper.cart_id}/convert", json=body, headers=headers)

    async def sign_in(self, guest: Shopper, is_sum: bool, **headers: str) -> httpx.Response:
        """Sign in as the customer, with the guest's cart, whose quantities are added or the larger ones taken."""
        signed_in = {"authorization": f"Bearer {mint_jwt(self.company_id, CUSTOMER)}", **headers}
        body = {"sessionToken": guest.token, "strategy": "sum" if is_sum else "larger"}
        return await self.services.cart.post("/api/cart/merge", json=body, headers=signed_in)

    async def make_old(self, shopper: Shopper) -> None:
        """Let a cart have been idle for longer than a cart may."""
        async with self.services.carts.unit(self.company_id) as unit:
            await unit.execute(
                "UPDATE carts SET last_activity_at = now() - interval '99 days', expiry_check_at = now()"
                " WHERE company_id = $1 AND id = $2 AND status IN ('ACTIVE', 'ABANDONED')",
                self.company_id,
                UUID(shopper.cart_id),
            )

    async def end_hold(self, shopper: Shopper, *, swept: bool) -> None:
        """Let the time of a cart's hold be over; the sweeper finds it at once, or not yet."""
        async with self.services.stock.unit(self.company_id) as unit:
            await unit.execute(
                "UPDATE inventory_holds SET expires_at = now() - interval '1 second'"
                " WHERE company_id = $1 AND cart_id = $2 AND state = 'ACTIVE'",
                self.company_id,
                UUID(shopper.cart_id),
            )
        if swept:
            await self.sweep()

    async def sweep(self) -> None:
        """Let the sweeper look."""
        async with self.services.stock.unit(self.company_id) as unit:
            await expire_some(unit, 100)

    async def end_leases(self) -> None:
        """Let every change that is under way have taken too long."""
        async with self.services.carts.unit(self.company_id) as unit:
            await unit.execute(
                "UPDATE carts SET hold_change_until = now() WHERE company_id = $1 AND hold_change IS NOT NULL",
                self.company_id,
            )

    async def _lines(self, shopper: Shopper) -> list[tuple[str, str]]:
        """Each line's id and variant, the oldest first."""
        async with self.services.carts.unit(self.company_id) as unit:
            rows = await unit.fetch(
                "SELECT id::text, variant_id::text FROM cart_items WHERE company_id = $1 AND cart_id = $2 ORDER BY id",
                self.company_id,
                UUID(shopper.cart_id),
            )
        return [(row["id"], row["variant_id"]) for row in rows]


def _made(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.text
    made: dict[str, Any] = answer.json()
    return made

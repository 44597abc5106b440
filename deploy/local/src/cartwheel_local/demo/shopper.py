"""One shopper: what a person can do in the shop, through the gateway, with each answer written into the ledger."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any, Final

import httpx

from cartwheel_local.demo.browser import Browser
from cartwheel_local.demo.errors import Surprised
from cartwheel_local.demo.ledger import CartNote
from cartwheel_local.demo.world import ABANDONMENT_SECONDS, Site, World

_SOLD_OUT: Final = ("ITEM_OUT_OF_STOCK", "INSUFFICIENT_STOCK", "QUANTITY_LIMIT")
_NOT_HELD: Final = ("INVENTORY_HOLD_FAILED",)
_WAIT_SECONDS: Final = 120.0


class Shopper:
    """A guest until signed in; every choice comes from `random`, so that a seed makes the same shoppers again."""

    def __init__(self, world: World, site: Site, browser: Browser, random: Random, number: int) -> None:
        self.world, self.site, self.browser, self.random = world, site, browser, random
        self.email = f"shopper-{number}@{world.post.domain}"
        self.customer_id = f"customer-{number}"
        self._company = {"x-company-id": str(world.company_id)}
        self._session = ""
        self._jwt = ""
        self.note: CartNote | None = None

    @property
    def cart(self) -> CartNote:
        """The cart that the shopper has; raises Surprised before there is one."""
        if self.note is None:
            raise Surprised("a shopper without a cart wanted to use it")
        return self.note

    async def take_cart(self) -> None:
        """Get a cart: as a guest with a session of its own, signed in with the customer's one."""
        body = {"currency": self.site.currency, "siteId": str(self.site.id)}
        self._session = ""
        cart = (await self._ask("POST", "/api/cart" if self._jwt else "/api/public/cart", body)).json()
        self.note = self.world.ledger.created(cart)
        self._session = cart.get("sessionToken", "")

    async def look(self) -> list[Mapping[str, Any]]:
        """Look at the cart, and see its lines."""
        answer = await self._ask("GET", "/api/cart" if self._jwt else "/api/public/cart")
        self.cart.looked(answer.json())
        return list(answer.json()["items"])

    async def add_something(self) -> None:
        """Choose a product, a variant and how many; what is sold out is left on the shelf."""
        product = self.random.choice(self.world.products)
        variant = self.random.choice(product["variants"])
        body = {"productId": product["id"], "variantId": variant["id"], "quantity": self.random.choice((1, 1, 1, 2, 3))}
        await self._change("POST", "items", body, _SOLD_OUT)

    async def fill(self, count: int) -> None:
        """Add so many things with a thought between them, and go on until there is something in the cart."""
        added = 0
        while added < count or not self.cart.items:
            await self.add_something()
            added += 1
            await self.think()

    async def set_quantity(self, item_id: str, quantity: int) -> None:
        """Want more or fewer of a line."""
        await self._change("PATCH", f"items/{item_id}", {"quantity": quantity}, _SOLD_OUT)

    async def remove(self, item_id: str) -> None:
        """Put a line back."""
        await self._change("DELETE", f"items/{item_id}")

    async def try_code(self, code: str, *, works: bool) -> None:
        """Type a code; one that should not work must be refused."""
        refused = not await self._change("POST", "discount", {"code": code}, () if works else ("DISCOUNT_INVALID",))
        if refused is works:
            raise Surprised(f"the code {code} was {'refused' if works else 'taken'}")

    async def leave_address(self, *, consent: bool = True) -> None:
        """Leave an e-mail address, with or without consent to be reminded."""
        await self._change("POST", "contact", {"email": self.email, "consent": consent})

    async def see_upsells(self) -> list[Mapping[str, Any]]:
        """See what goes with the cart."""
        return list((await self._ask("GET", "/api/cart/upsells")).json()["items"])

    async def take_upsell(self, offer: Mapping[str, Any]) -> None:
        """Take what was offered, unless it has just been sold."""
        path = f"/api/cart/upsells/{offer['productId']}/add"
        answer = await self._ask("POST", path, {"variantId": offer["variantId"], "quantity": 1}, _SOLD_OUT)
        if answer.is_success:
            self.world.ledger.upsells_added += 1
            self.cart.changed(answer.json())

    async def dismiss_upsell(self, offer: Mapping[str, Any]) -> None:
        """Never want to see an offer again."""
        await self._ask("POST", f"/api/cart/upsells/{offer['productId']}/dismiss")
        self.world.ledger.upsells_dismissed += 1

    async def hold(self) -> bool:
        """Have the stock of every line held; False when some of it is gone."""
        answer = await self._ask("POST", f"/api/cart/{self.cart.id}/hold", refusals=_NOT_HELD)
        self.cart.held = self.cart.held or answer.is_success
        return answer.is_success

    async def hold_status(self) -> str:
        """What became of the hold."""
        return str((await self._ask("GET", f"/api/cart/{self.cart.id}/hold/status")).json()["status"])

    async def order(self) -> None:
        """Order what is in the cart."""
        await self.world.orders.take(self.cart)

    def sign_in(self) -> None:
        """From here on be a customer; the guest's cart stays what it is until it is merged."""
        self._jwt = self.world.tokens.customer(self.world.company_id, self.customer_id, email=self.email)

    async def merge_into(self, own: CartNote | None) -> None:
        """Sign in with the guest's cart in hand; `own` is the cart that the customer had before, if any (rules.md 11).

        A guest's cart that went into another one stays readable, and is looked at once more.
        """
        guest, session = self.cart, {"x-session-token": self._session}
        self.sign_in()
        merged = (await self._ask("POST", "/api/cart/merge", {"sessionToken": self._session})).json()
        self.note = own if own is not None and merged["id"] == own.id else guest
        self.note.changed(merged)
        if self.note is not guest:
            answer = await self.browser.ask("GET", "/api/public/cart", headers=self._company | session)
            guest.looked(answer.json())

    def sign_out(self) -> None:
        """Be a guest again, without a cart."""
        self._jwt, self._session, self.note = "", "", None

    async def return_with(self, session: str) -> None:
        """Go on with the session that a recovery page gave."""
        self._session = session
        await self.look()

    async def wait_until_abandoned(self) -> None:
        """Be away until the shop has noticed; reading is no activity (rules.md 13)."""
        await asyncio.sleep(ABANDONMENT_SECONDS)

        async def is_noticed() -> bool:
            await self.look()
            return self.cart.status == "ABANDONED"

        if self.cart.status != "ABANDONED":
            await _until(is_noticed, f"the cart {self.cart.id} was idle and never abandoned")

    async def wait_until_hold_ends(self) -> None:
        """Be called away from the checkout until the stock is given back."""

        async def has_ended() -> bool:
            return await self.hold_status() != "ACTIVE"

        await _until(has_ended, f"the hold of the cart {self.cart.id} never expired")

    async def think(self) -> None:
        """Take a moment."""
        await asyncio.sleep(self.random.uniform(0.1, 0.9))

    async def _change(self, method: str, path: str, body: object = None, refusals: tuple[str, ...] = ()) -> bool:
        base = "/api/cart" if self._jwt else f"/api/public/cart/{self.cart.id}"
        answer = await self._ask(method, f"{base}/{path}", body, refusals)
        if answer.is_success:
            self.cart.changed(answer.json())
        return answer.is_success

    async def _ask(self, method: str, path: str, body: object = None, refusals: tuple[str, ...] = ()) -> httpx.Response:
        if self._jwt:
            headers = {"authorization": f"Bearer {self._jwt}"}
            return await self.browser.ask(method, path, body, headers, refusals, siteId=str(self.site.id))
        headers = self._company | ({"x-session-token": self._session} if self._session else {})
        return await self.browser.ask(method, path, body, headers, refusals)


async def _until(happened: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    """Ask every second; raises Surprised with the sentence when it has not happened in two minutes."""
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    while not await happened():
        if asyncio.get_running_loop().time() > deadline:
            raise Surprised(otherwise)
        await asyncio.sleep(1)

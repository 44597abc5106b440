"""The machine of a cart and its clock: the running service against a model that fits on one page.

The model is what rules.md 8 to 16 say in their simplest words. The service is the production app on a real database,
with its timers run by hand and its time held still between steps.
"""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
from cart.staff.service import fold_counts
from contracts.base import Event
from contracts.cart import (
    CartAbandoned,
    CartConverted,
    CartCreated,
    CartExpired,
    CartMerged,
    CartReactivated,
    CartViewed,
)
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from servicekit.testing import published

from ..cart_model import EXPIRATION, THRESHOLD, Model
from ..shop import Customer, Shop, Shopper
from ..timers import run_timers
from .saving_rules import SavingRules
from .test_counts import differences
from .test_lifecycle import restore
from .test_ordering import order

PRICES = {"mug": 1250, "bowl": 2400, "vase": 9900}
CARTS = 9
"""In one history; one address may open ten a minute."""

ONCE = (CartAbandoned, CartReactivated, CartExpired, CartConverted, CartMerged)

skus = st.sampled_from(sorted(PRICES))
quantities = st.integers(1, 4)
spans = st.sampled_from([timedelta(seconds=59), *[THRESHOLD] * 3, timedelta(days=1), EXPIRATION])


class CartMachine(SavingRules):
    """One guest with one cart after another, and a customer whom the guest may sign in as."""

    shopper: Shopper
    """Who may change the cart: its guest, and once they have signed in its owner."""

    @initialize(hers=st.dictionaries(skus, quantities, min_size=1, max_size=2))
    def open(self, hers: dict[str, int]) -> None:
        """A shop with three products, a guest with an empty cart, and a customer who has one already."""
        self.hers = hers
        self.running.do(self._open())

    async def _open(self) -> None:
        self.shop = await Shop.open(self.running.client, self.running.database, abandonmentSeconds=60)
        for sku, price in PRICES.items():
            await self.shop.stock(sku, price=price)
        for sku, quantity in self.hers.items():
            await self.shop.client.post("/api/cart", json={}, headers=self.shop.customer())
            body = {"productId": str(self.shop.products[sku][0]), "quantity": quantity}
            await self.shop.client.post("/api/cart/items", json=body, headers=self.shop.customer())
        self.carts = 0
        await self._open_cart()

    async def _open_cart(self) -> None:
        self.guest = self.shopper = await self.shop.guest_cart()
        self.model = Model(self.now)
        self.carts, self.version = self.carts + 1, 1

    @precondition(lambda self: self.model.refusal(self.now) and self.carts < CARTS)
    @rule()
    def start_again(self) -> None:
        """The cart is final: the guest opens another."""
        self.running.do(self._open_cart())

    def changed(self, answer: httpx.Response, *, accepted: bool = True) -> bool:
        """Hold the answer to a change against the model; whether the change was made."""
        refusal = self.model.shoppers_refusal(self.now)
        if refusal is not None:
            assert (answer.status_code, answer.json()["code"]) == refusal
        elif accepted:
            assert answer.status_code in {200, 201}, answer.text
            assert answer.json()["version"] > self.version
            self.version = answer.json()["version"]
            self.model.touch(self.now)
        return refusal is None and accepted

    @rule(sku=skus, quantity=quantities)
    def add(self, sku: str, quantity: int) -> None:
        """Add some."""
        if self.changed(self.running.do(self.shop.add(self.shopper, sku, quantity))):
            self.model.lines[sku] = self.model.lines.get(sku, 0) + quantity

    @precondition(lambda self: self.model.lines)
    @rule(data=st.data(), quantity=st.integers(0, 5))
    def set_or_remove(self, data: st.DataObject, quantity: int) -> None:
        """Set one line's quantity; to none by deleting it."""
        sku = data.draw(st.sampled_from(sorted(self.model.lines)))
        if self.changed(self.running.do(self._set(sku, quantity))):
            self.model.lines[sku] = quantity
            self.model.lines = {sku: left for sku, left in self.model.lines.items() if left}

    async def _set(self, sku: str, quantity: int) -> httpx.Response:
        items = (await self.seen_by_staff())["items"]
        path = f"{self.shopper.path}/items/{next(it['id'] for it in items if it['sku'] == sku)}"
        if quantity == 0:
            return await self.shop.client.delete(path, headers=self.shopper.headers)
        return await self.shop.client.patch(path, json={"quantity": quantity}, headers=self.shopper.headers)

    async def seen_by_staff(self) -> dict[str, Any]:
        """The cart as staff read it, whosever it is."""
        path = f"/api/admin/carts/{self.guest.cart_id}"
        return dict((await self.shop.client.get(path, headers=self.shop.staff())).json())

    @rule(
        span=st.sampled_from([timedelta(seconds=59), THRESHOLD, THRESHOLD, timedelta(days=1), EXPIRATION]),
        notice=st.booleans(),
    )
    def time_passes(self, span: timedelta, notice: bool) -> None:
        """Time passes, and the timers look at once or not yet."""
        self.running.clock.advance(span)
        if notice:
            self.running.do(self._fire())
            self.model.fire(self.now)

    async def _fire(self) -> None:
        await run_timers(self.running.timers)

    @precondition(lambda self: self.model.events[CartAbandoned])
    @rule(data=st.data())
    def follow_a_link(self, data: st.DataObject) -> None:
        """Restore by one of the links sent so far: it reactivates an abandoned cart, and only opens an active one."""
        links = [event.abandonment_id for event in self.milestones() if isinstance(event, CartAbandoned)]
        answer = self.running.do(restore(self.shop, self.guest, data.draw(st.sampled_from(links))))
        refusal = self.model.refusal(self.now)
        if refusal is not None:
            assert (answer.status_code, answer.json()["code"]) == refusal
            return
        assert answer.status_code == 200
        if self.model.status == "ABANDONED":
            self.model.touch(self.now)

    @precondition(lambda self: self.model.lines and not self.model.saved)
    @rule()
    def buy(self) -> None:
        """Order the whole cart; the same order again is answered the same. What is saved would go on in another."""
        total = sum(PRICES[sku] * quantity for sku, quantity in self.model.lines.items())
        first, again = (
            self.running.do(order(self.shop, self.guest, f"A-{self.carts}", expectedTotal=total)) for _ in range(2)
        )
        refusal = self.model.refusal(self.now)
        if refusal is not None and self.model.status != "CONVERTED":
            assert (first.status_code, first.json()["code"]) == refusal
            return
        assert (first.status_code, first.content) == (200, again.content)
        if self.model.status != "CONVERTED":
            self.model.status = "CONVERTED"
            self.model.events[CartConverted] += 1

    @precondition(lambda self: self.model.status in {"ACTIVE", "ABANDONED"} and not self.model.is_owned)
    @rule()
    def sign_in_without_a_cart(self) -> None:
        """A customer without a cart signs in, twice: the guest's becomes theirs, and signing in is activity."""
        owner, body = self.shop.customer(f"owner-{self.carts}"), {"sessionToken": self.guest.token}
        first, again = (
            self.running.do(self.shop.client.post("/api/cart/merge", json=body, headers=owner)) for _ in range(2)
        )
        if self.changed(first):
            assert again.content == first.content
            self.model.is_owned = True
            self.shopper = Customer(owner)

    @precondition(lambda self: self.model.status in {"ACTIVE", "ABANDONED"} and not self.model.is_owned)
    @rule()
    def sign_in(self) -> None:
        """Merge into the customer's cart, twice; the larger quantity of each wins. A frozen cart is not merged."""
        if self.model.is_over(self.now) or not self.hers_is_open():
            return
        body = {"sessionToken": self.guest.token}
        if self.model.is_frozen(self.now):
            merge = self.shop.client.post("/api/cart/merge", json=body, headers=self.shop.customer())
            assert self.running.do(merge).json()["code"] == "CART_FROZEN"
            return
        for _ in range(2):
            merge = self.shop.client.post("/api/cart/merge", json=body, headers=self.shop.customer())
            assert self.running.do(merge).status_code == 200
        self.model.status = "MERGED"
        self.model.events[CartMerged] += 1
        for sku, quantity in self.model.lines.items():
            self.hers[sku] = max(self.hers.get(sku, 0), quantity)
        assert self.running.do(self.shop.lines(self.shop.customer())) == self.hers

    def hers_is_open(self) -> bool:
        """Whether the customer's cart, which she has left alone, may still be changed."""
        answer = self.running.do(self.shop.client.get("/api/cart", headers=self.shop.customer()))
        return answer.status_code == 200 and datetime.fromisoformat(answer.json()["expiresAt"]) > self.now

    def milestones(self) -> list[Event]:
        """The events of the guest's cart that were published, other than its changes."""
        events = self.running.do(published(self.running.database, CartCreated, *ONCE))
        return [event.data for event in events if str(event.aggregate_id) == self.guest.cart_id]

    @invariant()
    def the_cart_is_the_model(self) -> None:
        """Lines, sums and state as the model has them; each event once per time that it happened."""
        cart = self.running.do(self.seen_by_staff())
        assert {it["sku"]: it["quantity"] for it in cart["items"]} == self.model.lines
        assert {it["sku"]: it["quantity"] for it in cart["savedItems"]} == self.model.saved
        assert cart["totals"]["total"] == sum(PRICES[sku] * n for sku, n in self.model.lines.items())
        assert cart["status"] == self.model.status
        assert Counter(type(event) for event in self.milestones()) == self.model.events + Counter([CartCreated])

    @rule()
    def fold(self) -> None:
        """What changes of counts were noted is added up."""
        self.running.do(fold_counts(self.running.database, dry_run=False))

    @invariant()
    def the_counts_are_those_of_the_carts(self) -> None:
        """What is kept of carts in numbers is what a count of all says, folded or not."""
        assert self.running.do(self._differences()) == 0

    async def _differences(self) -> int:
        async with self.running.database.system_unit() as unit:
            return await differences(unit)

    @invariant()
    def the_guests_token_opens_it_until_the_sign_in(self) -> None:
        """From then on it opens nothing (rules.md 11)."""
        answer = self.running.do(self.shop.client.get("/api/public/cart", headers=self.guest.headers))
        has_signed_in = self.model.is_owned or self.model.status == "MERGED"
        assert answer.status_code == (404 if has_signed_in else 200)

    @invariant()
    def versions_tell_the_order(self) -> None:
        """A later change never has an earlier version, and only what one change recorded shares one (rules.md 9)."""
        changes = [
            it
            for it in self.running.do(published(self.running.database))
            if it.company_id == self.shop.company_id and not isinstance(it.data, CartViewed)
        ]
        for cart_id in {it.aggregate_id for it in changes}:
            mine = [it for it in changes if it.aggregate_id == cart_id]
            for earlier, later in pairwise(mine):
                assert later.version >= earlier.version
                assert later.version > earlier.version or later.transaction == earlier.transaction
            begun = {it.data.abandonment_id: it.version for it in mine if isinstance(it.data, CartAbandoned)}
            for it in mine:
                if isinstance(it.data, CartReactivated):
                    assert it.version > begun[it.data.abandonment_id]

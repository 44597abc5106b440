"""One shopper: what a person can do in the shop, through the gateway, with each answer written into the ledger."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Final, TypeVar
from uuid import UUID

from cartwheel_client import AnyCart, Cartwheel, CustomerCart, GuestCart, Problem
from cartwheel_client.models.cart import LineView
from cartwheel_client.models.upsell import OfferView

from simulator.demo.browser import Browser
from simulator.demo.errors import WrongAnswer
from simulator.demo.ledger import CartNote
from simulator.demo.stack import ABANDONMENT_SECONDS, DemoStack, Site

_SOLD_OUT: Final = ("ITEM_OUT_OF_STOCK", "INSUFFICIENT_STOCK", "QUANTITY_LIMIT")
_NOT_HELD: Final = ("INVENTORY_HOLD_FAILED",)
_NO_SUCH_CODE: Final = ("DISCOUNT_INVALID",)
_WAIT_SECONDS: Final = 120.0

T = TypeVar("T")


class Shopper:
    """A guest until signed in; every choice comes from `random`, so that a seed makes the same shoppers again.

    `cartwheel` and `browser` are at an address of the shopper's own.
    """

    def __init__(
        self, stack: DemoStack, site: Site, cartwheel: Cartwheel, browser: Browser, random: Random, number: int
    ) -> None:
        self.stack, self.site, self.browser, self.random = stack, site, browser, random
        self.email = f"shopper-{number}@{stack.mails.domain}"
        self.customer_id = f"customer-{number}"
        self._cartwheel = cartwheel
        self._cart: GuestCart | CustomerCart = cartwheel.guest()
        self._note: CartNote | None = None

    @property
    def note(self) -> CartNote:
        """The ledger's note of the cart that the shopper has; raises WrongAnswer before there is one."""
        if self._note is None:
            raise WrongAnswer("a shopper without a cart wanted to use it")
        return self._note

    async def take_cart(self) -> None:
        """Get a cart: as a guest with a session of its own, signed in with the customer's one."""
        if isinstance(self._cart, GuestCart):
            self._cart = self._cartwheel.guest()
        cart = await self._cart.create(currency=self.site.currency, site_id=self.site.id)
        self._note = self.stack.ledger.created(cart)

    async def look(self) -> Sequence[LineView]:
        """Look at the cart, and see its lines."""
        cart = await self._cart.read()
        self.note.looked(cart)
        return cart.items

    async def add_something(self) -> None:
        """Choose a product, a variant and how many; what is sold out is left on the shelf."""
        product = self.random.choice(self.stack.products)
        variant = self.random.choice(product.variants)
        quantity = self.random.choice((1, 1, 1, 2, 3))
        await self._change(self._cart.add_item(product.id, quantity, variant_id=variant.id), _SOLD_OUT)

    async def add_bundle(self) -> None:
        """Choose what is sold together, and a variant of each part of it; a shop may sell nothing so."""
        if not self.stack.bundles:
            return
        bundle = self.random.choice(self.stack.bundles)
        selections = {item.id: self.random.choice(item.variant_ids) for item in bundle.items}
        await self._change(self._cart.add_bundle(bundle.id, selections=selections), _SOLD_OUT)

    async def fill(self, count: int) -> None:
        """Add so many things with a thought between them, and go on until there is something in the cart."""
        added = 0
        while added < count or not self.note.items:
            await self.add_something()
            added += 1
            await self.think()

    async def set_quantity(self, item_id: UUID, quantity: int) -> None:
        """Want more or fewer of a line."""
        await self._change(self._cart.set_quantity(item_id, quantity), _SOLD_OUT)

    async def remove(self, item_id: UUID) -> None:
        """Put a line back."""
        await self._change(self._cart.remove_item(item_id))

    async def save_for_later(self, item_id: UUID) -> None:
        """Keep a line for later."""
        await self._change(self._cart.save_for_later(item_id))

    async def take_back(self, item_id: UUID) -> None:
        """Put what was kept for later back into the cart, or forget it where it is sold out by now."""
        if not await self._change(self._cart.move_to_cart(item_id), _SOLD_OUT):
            await self._change(self._cart.remove_saved(item_id))

    async def share(self) -> str:
        """Make a link to the cart: the token in it."""
        return (await self._cart.share()).token

    async def copy(self, token: str) -> None:
        """Have in one's own cart what a link shows, as much as can be had."""
        self.note.changed(await self._cart.copy_shared(token))

    async def try_code(self, code: str, *, works: bool) -> None:
        """Type a code; one that should not work must be refused."""
        taken = await self._change(self._cart.apply_code(code), () if works else _NO_SUCH_CODE)
        if taken is not works:
            raise WrongAnswer(f"the code {code} was {'taken' if taken else 'refused'}")

    async def leave_address(self, *, consent: bool = True) -> None:
        """Leave an e-mail address, with or without consent to be reminded."""
        await self._change(self._cart.set_contact(self.email, consent=consent))

    async def wish_for(self, count: int) -> None:
        """Wish for so many products, and compare them."""
        for product in self.random.sample(list(self.stack.products), count):
            await self._cart.wishlist.add(product.id)
            await self._cart.comparison.add(product.id)
            await self.think()

    async def show_wishes(self) -> None:
        """Share the wishlist: who has the link sees what is on it, in its order."""
        link = await self._cart.wishlist.share(days=1)
        shown = await self._cartwheel.shared_lists().wishlist(link.token)
        if [item.product_id for item in shown.items] != await self.wishes():
            raise WrongAnswer("a link showed something else than the wishlist")

    async def wishes(self) -> list[UUID]:
        """The products that are wished for."""
        return [item.product_id for item in (await self._cart.wishlist.read()).items]

    async def take_first_wish(self) -> None:
        """Put the first wish into the cart, in a variant that comes to mind; what is sold out stays on the list."""
        wish = (await self._cart.wishlist.read()).items[0]
        product = next(product for product in self.stack.products if product.id == wish.product_id)
        variant = self.random.choice(product.variants)
        await self._change(self._cart.move_wish_to_cart(wish.id, variant_id=variant.id), _SOLD_OUT)

    async def see_upsells(self) -> Sequence[OfferView]:
        """See what goes with the cart."""
        return (await self._cart.offers()).items

    async def take_upsell(self, offer: OfferView) -> None:
        """Take what was offered, unless it has just been sold."""
        adding = self._cart.add_offered(offer.product_id, variant_id=offer.variant_id, quantity=1)
        if await self._change(adding, _SOLD_OUT):
            self.stack.ledger.upsells_added += 1

    async def dismiss_upsell(self, offer: OfferView) -> None:
        """Never want to see an offer again."""
        await self._cart.dismiss_offered(offer.product_id)
        self.stack.ledger.upsells_dismissed += 1

    async def hold(self) -> bool:
        """Have the stock of every line held; False when some of it is gone."""
        is_held = await _done(self._cart.hold(), _NOT_HELD) is not None
        self.note.held = self.note.held or is_held
        return is_held

    async def order(self) -> None:
        """Order what is in the cart."""
        await self.stack.order(self.note)

    def sign_in(self) -> None:
        """From here on be a customer; the guest's cart stays what it is until it is merged."""
        token = self.stack.tokens.customer(self.stack.company_id, self.customer_id, email=self.email)
        self._cart = self._cartwheel.customer(token, site_id=self.site.id)

    async def merge_into(self, own: CartNote | None) -> None:
        """Sign in with the guest's cart in hand; `own` is the cart that the customer had before, if any (rules.md 11).

        A guest's cart that went into another one is opened by no token from then on; the shop's own system has it.
        """
        guest, note = self._cart, self.note
        self.sign_in()
        if not isinstance(guest, GuestCart) or not isinstance(self._cart, CustomerCart):
            raise WrongAnswer("only a guest's cart can be brought along")
        merged = await self._cart.merge(guest.session_token)
        self._note = own if own is not None and str(merged.id) == own.id else note
        self.note.changed(merged)
        if self.note is not note:
            await self.stack.note_merged(note)

    def sign_out(self) -> None:
        """Be a guest again, without a cart."""
        self._cart, self._note = self._cartwheel.guest(), None

    async def return_with(self, session_token: str) -> None:
        """Go on with the session that a recovery page gave."""
        self._cart = self._cartwheel.guest(session_token)
        await self.look()

    async def wait_until_abandoned(self) -> None:
        """Be away until the shop has noticed; reading is no activity (rules.md 13)."""
        await asyncio.sleep(ABANDONMENT_SECONDS)

        async def is_noticed() -> bool:
            await self.look()
            return self.note.status == "ABANDONED"

        if self.note.status != "ABANDONED":
            await _until(is_noticed, f"the cart {self.note.id} was idle and never abandoned")

    async def wait_until_hold_ends(self) -> None:
        """Be called away from the checkout until the stock is given back."""

        async def has_ended() -> bool:
            return (await self._cart.hold_status()).status != "ACTIVE"

        await _until(has_ended, f"the hold of the cart {self.note.id} never expired")

    async def think(self) -> None:
        """Take a moment."""
        await asyncio.sleep(self.random.uniform(0.1, 0.9))

    async def _change(self, changing: Awaitable[AnyCart], refusals: Sequence[str] = ()) -> bool:
        """Whether it was done and not refused with one of these codes."""
        cart = await _done(changing, refusals)
        if cart is not None:
            self.note.changed(cart)
        return cart is not None


async def _done(call: Awaitable[T], refusals: Sequence[str]) -> T | None:
    """What a call answers; None when it is refused with one of these codes."""
    try:
        return await call
    except Problem as refused:
        if refused.code in refusals:
            return None
        raise


async def _until(happened: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    """Look every second; raises WrongAnswer with the sentence when it has not happened in two minutes."""
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    while not await happened():
        if asyncio.get_running_loop().time() > deadline:
            raise WrongAnswer(otherwise)
        await asyncio.sleep(1)

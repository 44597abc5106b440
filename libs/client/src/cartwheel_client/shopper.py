"""What guests and signed-in customers do alike with their cart."""

from abc import abstractmethod
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar, Unpack
from urllib.parse import quote
from uuid import UUID

from cartwheel_client.cart_lines import CartLines
from cartwheel_client.connection import Conditions, Connection, Repeating, given
from cartwheel_client.following import Following
from cartwheel_client.lists import Comparison, Wishlist
from cartwheel_client.model import Model
from cartwheel_client.models.cart import (
    Address,
    ApplyCode,
    CartView,
    ChooseShipping,
    CopiedCartView,
    CreateCart,
    HoldView,
    MergedCartView,
    MoveToCart,
    NewGuestCartView,
    NewShareLinkView,
    SavedItemsView,
    SetContact,
    ShareCart,
    ShareLinksView,
    ShippingView,
    TaxView,
)
from cartwheel_client.models.upsell import AddOffered, OffersView

AnyCart = CartView | NewGuestCartView | MergedCartView | CopiedCartView
"""A whole cart, whatever answered it."""
CartT = TypeVar("CartT", CartView, NewGuestCartView, MergedCartView, CopiedCartView)


class ShopperCart(CartLines):
    """One shopper's cart; every change answers the whole cart as it is then, with its new `version`.

    Amounts are integers of minor units in the cart's currency. `cart_id` is known once a cart was created or read.
    """

    def __init__(self, connection: Connection, cart_id: UUID | None = None) -> None:
        self._connection = connection
        self.cart_id = cart_id

    async def read(self, *, explain: bool | None = None) -> CartView:
        """The open cart; `explain` adds how its prices came about. Raises NotFound when there is none."""
        return self._seen(await self._connection.read(CartView, self._root, explain=explain))

    async def follow(self) -> AsyncGenerator[CartView | None]:
        """The cart at once, and again whenever anything of it has changed, until it is ordered, merged or expired.

        A signed-in customer who has no cart yet is given None until there is one. A stream that is lost is opened
        again, and what was missed meanwhile follows. Close it (`contextlib.aclosing`) when it is not wanted any more.
        """
        path = f"{await self._changes()}/stream"
        async with aclosing(Following(self._connection, path).carts()) as carts:
            async for cart in carts:
                yield cart if cart is None else self._seen(cart)

    async def saved_items(self) -> SavedItemsView:
        """What is saved for later, at the prices of now."""
        return await self._connection.read(SavedItemsView, f"{await self._changes()}/saved")

    async def apply_code(self, code: str, **conditions: Unpack[Conditions]) -> CartView:
        """Use a discount code; raises BadRequest (DISCOUNT_INVALID) when it is no good."""
        return await self._change("POST", "discount", ApplyCode(code=code), conditions)

    async def remove_code(self, code: str, **conditions: Unpack[Conditions]) -> CartView:
        """Use a discount code no more."""
        return await self._change("DELETE", f"discount/{quote(code, safe='')}", None, conditions)

    async def set_address(
        self,
        country: str,
        *,
        state: str | None = None,
        postal_code: str | None = None,
        city: str | None = None,
        **conditions: Unpack[Conditions],
    ) -> CartView:
        """Have the cart priced with the taxes and ways to ship of a place; `country` has two letters."""
        address = given(Address, country=country, state=state, postal_code=postal_code, city=city)
        return await self._change("PUT", "address", address, conditions)

    async def clear_address(self, **conditions: Unpack[Conditions]) -> CartView:
        """Have the cart priced for nowhere in particular."""
        return await self._change("DELETE", "address", None, conditions)

    async def choose_shipping(self, option_id: UUID, **conditions: Unpack[Conditions]) -> CartView:
        """Choose one of the options that `shipping_options` offers; raises Conflict (SHIPPING_OPTION_UNAVAILABLE)."""
        return await self._change("PUT", "shipping-option", ChooseShipping(id=option_id), conditions)

    async def clear_shipping(self, **conditions: Unpack[Conditions]) -> CartView:
        """Have the cheapest way to ship charged again."""
        return await self._change("DELETE", "shipping-option", None, conditions)

    async def set_contact(
        self, email: str, *, consent: bool, locale: str | None = None, **conditions: Unpack[Conditions]
    ) -> CartView:
        """Leave an address; only with `consent` is it ever written to."""
        contact = given(SetContact, email=email, consent=consent, locale=locale)
        return await self._change("POST", "contact", contact, conditions)

    async def share(self, *, expires_in_hours: int | None = None, **conditions: Unpack[Conditions]) -> NewShareLinkView:
        """Make a link that shows the cart to whoever has its token, which is answered this once."""
        body = given(ShareCart, expires_in_hours=expires_in_hours)
        path = f"{await self._changes()}/share"
        return await self._connection.change(NewShareLinkView, "POST", path, body, conditions=conditions)

    async def links(self) -> ShareLinksView:
        """The links to the cart that work, without their tokens."""
        return await self._connection.read(ShareLinksView, f"{await self._changes()}/share")

    async def end_link(self, link_id: UUID, **conditions: Unpack[Conditions]) -> None:
        """End a link: it shows nothing from now on."""
        await self._connection.perform("DELETE", f"{await self._changes()}/share/{link_id}", conditions=conditions)

    async def copy_shared(self, token: str, **conditions: Unpack[Conditions]) -> CopiedCartView:
        """Have in this cart what a shared one has; `not_copied` names what could not be had. Again changes nothing."""
        path = f"/api/shared-carts/{token}/copy"
        return self._seen(await self._shopper.change(CopiedCartView, "POST", path, conditions=conditions))

    async def hold(self, **conditions: Unpack[Conditions]) -> HoldView:
        """Have the stock of every line held for a while; raises Conflict (INVENTORY_HOLD_FAILED) when some is gone."""
        path = f"/api/cart/{await self._known_id()}/hold"
        return await self._shopper.change(HoldView, "POST", path, conditions=conditions)

    async def release_hold(self, **conditions: Unpack[Conditions]) -> HoldView:
        """Give the held stock back."""
        path = f"/api/cart/{await self._known_id()}/hold"
        return await self._shopper.change(HoldView, "DELETE", path, conditions=conditions)

    async def hold_status(self) -> HoldView:
        """What has become of the hold; its status is NONE where there never was one."""
        return await self._shopper.read(HoldView, f"/api/cart/{await self._known_id()}/hold/status")

    async def shipping_options(self, address: Address) -> ShippingView:
        """Every way to ship the cart to an address, the cheapest first."""
        fields = address.model_dump(by_alias=True, exclude_none=True, exclude={"city"})
        return await self._shopper.read(ShippingView, "/api/cart/shipping/rates", **fields)

    async def tax(self, address: Address) -> TaxView:
        """What tax the cart would have at an address."""
        return await self._shopper.change(
            TaxView, "POST", "/api/cart/tax/estimate", address, repeating=Repeating.ALWAYS
        )

    @property
    def wishlist(self) -> Wishlist:
        """What the shopper wishes for."""
        return Wishlist(self._connection)

    @property
    def comparison(self) -> Comparison:
        """What the shopper compares."""
        return Comparison(self._connection)

    async def move_wish_to_cart(
        self,
        item_id: UUID,
        *,
        variant_id: UUID | None = None,
        quantity: int | None = None,
        **conditions: Unpack[Conditions],
    ) -> CartView:
        """Put a wish into the cart and take it off the list; with the wish's variant and quantity unless said."""
        path = f"/api/wishlist/items/{item_id}/move-to-cart"
        body = given(MoveToCart, variant_id=variant_id, quantity=quantity)
        return self._seen(await self._connection.change(CartView, "POST", path, body, conditions=conditions))

    async def move_to_wishlist(self, item_id: UUID, **conditions: Unpack[Conditions]) -> CartView:
        """Take a line out of the cart and wish for it."""
        path = f"/api/wishlist/move-from-cart/{item_id}"
        return self._seen(await self._connection.change(CartView, "POST", path, conditions=conditions))

    async def offers(self, *, limit: int | None = None, currency: str | None = None) -> OffersView:
        """What goes with the cart, best first."""
        return await self._connection.read(OffersView, "/api/cart/upsells", limit=limit, currency=currency)

    async def add_offered(
        self,
        product_id: UUID,
        *,
        variant_id: UUID | None = None,
        quantity: int | None = None,
        **conditions: Unpack[Conditions],
    ) -> CartView:
        """Take what was offered; without a variant, the one that was."""
        path, body = f"/api/cart/upsells/{product_id}/add", given(AddOffered, variant_id=variant_id, quantity=quantity)
        return self._seen(await self._connection.change(CartView, "POST", path, body, conditions=conditions))

    async def dismiss_offered(self, product_id: UUID, **conditions: Unpack[Conditions]) -> None:
        """Never show this offer to the shopper again."""
        await self._connection.perform("POST", f"/api/cart/upsells/{product_id}/dismiss", conditions=conditions)

    @property
    @abstractmethod
    def _root(self) -> str:
        """The path under which the shopper reads and creates their cart."""

    @abstractmethod
    async def _changes(self) -> str:
        """The path under which the shopper changes it."""

    @property
    def _shopper(self) -> Connection:
        """The connection for routes for which a cart says the site."""
        return replace(self._connection, query={})

    async def _change(
        self,
        method: str,
        path: str,
        body: Model | None,
        conditions: Conditions,
    ) -> CartView:
        whole = f"{await self._changes()}/{path}"
        return self._seen(await self._connection.change(CartView, method, whole, body, conditions=conditions))

    async def _known_id(self) -> UUID:
        return self.cart_id or (await self.read()).id

    def _seen(self, cart: CartT) -> CartT:
        self.cart_id = cart.id
        return cart


def new_cart(currency: str | None, site_id: UUID | None, visitor_id: str | None) -> CreateCart:
    """The body that creates a cart: without a site the company's first, without a currency the site's."""
    return given(CreateCart, currency=currency, site_id=site_id, visitor_id=visitor_id)

"""What can be asked of one cart, as frozen values: an intent is applied to the cart as it is now (rules.md 9).

Applied again after a lost race, it means what it meant before: "add 1", "remove", "set to 3". Pure.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.value import value

from cart import errors
from cart.carts.domain.bundles import CatalogueBundle, WantedBundle
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import CatalogueVariant, Wanted
from cart.carts.domain.pricing import PricedCart, offers_shipping
from cart.carts.domain.records import Updated
from cart.carts.domain.values import AppliedCode, Contact, Destination

Product = tuple[UUID, UUID | None]
"""A product, and one variant of it or any."""


class Intent(Protocol):
    """A change of one cart."""

    @property
    def product(self) -> Product | None:
        """What has to be looked up in the catalogue for it, and is given as the context's variants."""

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Change the cart, or raise a refusal and leave it as it is."""

    def require_priced(self, priced: PricedCart, now: datetime) -> None:
        """Raise a refusal for which the cart had to be priced with the change; it is not saved then."""


class _OfTheCartAlone:
    """An intent for which nothing is looked up, and which its price does not refuse."""

    __slots__ = ()

    @property
    def product(self) -> None:
        """None: the cart is enough."""

    def require_priced(self, priced: PricedCart, now: datetime) -> None:
        """Nothing: whatever it costs may be done."""


@value
class AddItem:
    """Add a product; the variant that is there already adds up (rules.md 8)."""

    wanted: Wanted

    @property
    def product(self) -> Product:
        """The product that is asked for."""
        return self.wanted.product_id, self.wanted.variant_id

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises ProductNotFound when the context has no variant of the product."""
        return cart.add_item(self.wanted, context)

    def require_priced(self, priced: PricedCart, now: datetime) -> None:
        """Nothing: whatever it costs may be added."""


@dataclass(frozen=True, slots=True)
class AddBundle(_OfTheCartAlone):
    """Add a bundle with all of its components, which were looked up before; the same again adds up."""

    wanted: WantedBundle
    bundle: CatalogueBundle
    variants: tuple[CatalogueVariant, ...]

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises what `Cart.add_bundle` does."""
        return cart.add_bundle(self.wanted, self.bundle, replace(context, variants=self.variants))

    def require_priced(self, priced: PricedCart, now: datetime) -> None:
        """Raises ProductUnavailable where the company's rules are for an engine that would not take the bundle off."""
        if len(priced.quote.bundles) < len(priced.cart.whole_bundles()):
            raise errors.ProductUnavailable()


@dataclass(frozen=True, slots=True)
class RemoveBundle(_OfTheCartAlone):
    """Take a bundle out, with all of its lines."""

    group_id: UUID

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises ItemNotFound."""
        return cart.remove_bundle(self.group_id, context)


@dataclass(frozen=True, slots=True)
class SetQuantity(_OfTheCartAlone):
    """Set a line's quantity, 1 or more."""

    line_id: UUID
    quantity: int

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises ItemNotFound, and what growing a line raises."""
        return cart.set_quantity(self.line_id, self.quantity, context)


@dataclass(frozen=True, slots=True)
class RemoveItem(_OfTheCartAlone):
    """Take a line out."""

    line_id: UUID

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises ItemNotFound."""
        return cart.remove_item(self.line_id, context)


@dataclass(frozen=True, slots=True)
class SaveForLater(_OfTheCartAlone):
    """Take a line out of the cart and keep it for later."""

    line_id: UUID

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises ItemNotFound, and QuantityLimit or TooManyNotes where no more can be saved."""
        return cart.save_for_later(self.line_id, context)


@dataclass(frozen=True, slots=True)
class MoveToCart(_OfTheCartAlone):
    """Put a saved line back into the cart."""

    line_id: UUID

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises ItemNotFound, and what adding the item raises."""
        return cart.move_to_cart(self.line_id, context)


@dataclass(frozen=True, slots=True)
class RemoveSaved(_OfTheCartAlone):
    """Forget a saved line."""

    line_id: UUID

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises ItemNotFound."""
        return cart.remove_saved(self.line_id, context)


@dataclass(frozen=True, slots=True)
class Clear(_OfTheCartAlone):
    """Take every line out."""

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """An empty cart may be cleared as well."""
        return cart.clear(context)


@dataclass(frozen=True, slots=True)
class ApplyCode(_OfTheCartAlone):
    """Put a code on the cart that it was resolved for."""

    code: AppliedCode
    cart_id: UUID

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises CartReplaced when the shopper's cart is another one by now."""
        if cart.id != self.cart_id:
            raise errors.CartReplaced()
        return cart.apply_code(self.code, context)


@dataclass(frozen=True, slots=True)
class RemoveCode(_OfTheCartAlone):
    """Take a code off."""

    code: str

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises DiscountInvalid when the code is not on the cart."""
        return cart.remove_code(self.code, context)


@dataclass(frozen=True, slots=True)
class SetContact(_OfTheCartAlone):
    """Leave an address for recovery."""

    contact: Contact

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """The address is recorded for recovery alone (rules.md 35)."""
        return cart.set_contact(self.contact, context)


@dataclass(frozen=True, slots=True)
class ShipTo(_OfTheCartAlone):
    """Ship to a place that was resolved for this cart, or to none that is known."""

    destination: Destination | None
    cart_id: UUID | None

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises CartReplaced when the shopper's cart is another one by now."""
        if self.cart_id not in (None, cart.id):
            raise errors.CartReplaced()
        return cart.ship_to(self.destination, context)


@dataclass(frozen=True, slots=True)
class RenewDestination(_OfTheCartAlone):
    """Price the cart by a newer answer for its address, unless it goes elsewhere by now."""

    destination: Destination

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises CartReplaced when the cart has another address by now, or none."""
        if cart.destination is None or cart.destination.address != self.destination.address:
            raise errors.CartReplaced()
        return cart.ship_to(self.destination, context)


@dataclass(frozen=True, slots=True)
class ChooseShipping(_OfTheCartAlone):
    """Choose a way to ship, or leave the choice to the price."""

    option_id: UUID | None

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Whether it is offered is for `require_priced` to say."""
        return cart.choose_shipping(self.option_id, context)

    def require_priced(self, priced: PricedCart, now: datetime) -> None:
        """Raises ShippingOptionUnavailable for a way to ship that is not offered to the cart's place."""
        if self.option_id is not None and not offers_shipping(priced, self.option_id, now):
            raise errors.ShippingOptionUnavailable()

"""What can be asked of one cart, as frozen values: an intent is applied to the cart as it is now (rules.md 9).

Applied again after a lost race, it means what it meant before: "add 1", "remove", "set to 3". Pure.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from contracts.value import value

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import Wanted
from cart.carts.domain.records import Updated
from cart.carts.domain.values import AppliedCode, Contact

Product = tuple[UUID, UUID | None]
"""A product, and one variant of it or any."""


class Intent(Protocol):
    """A change of one cart."""

    @property
    def product(self) -> Product | None:
        """What has to be looked up in the catalogue for it, and is given as the context's variants."""

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Change the cart, or raise a refusal and leave it as it is."""


class _OfTheCartAlone:
    """An intent for which nothing is looked up."""

    __slots__ = ()

    @property
    def product(self) -> None:
        """None: the cart is enough."""


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

"""Several changes of a cart's lines as one: all of them or none (api.md). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.value import value

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import CatalogueVariant, Line, Wanted, choose_variant
from cart.carts.domain.pricing import PricedCart
from cart.carts.domain.records import LineChange, Updated

Variants = Mapping[UUID, Sequence[CatalogueVariant]]
"""The catalogue's variants of some products, by product."""


@value
class AddLine:
    """Add a product; the variant that is there already adds up."""

    wanted: Wanted


@value
class SetLine:
    """Set a line's quantity, 1 or more."""

    line_id: UUID
    quantity: int


@value
class RemoveLine:
    """Take a line out."""

    line_id: UUID


Operation = AddLine | SetLine | RemoveLine


@dataclass(frozen=True, slots=True)
class ChangeLines:
    """Do all of these operations in their order, as one change of the cart."""

    operations: tuple[Operation, ...]
    variants: Variants

    @property
    def product(self) -> None:
        """None: what they add was looked up before."""

    def require_priced(self, priced: PricedCart, now: datetime) -> None:
        """Nothing: whatever it costs may be done."""

    def apply(self, cart: Cart, context: ChangeContext) -> Updated:
        """Raises what the first operation that is refused raises, with its place as `operation`, counted from 0.

        Then the cart is not as it was, and not to be saved.
        """
        cart.require_changeable(context.now)
        changes: list[LineChange] = []
        removed: dict[object, UUID] = {}
        for index, operation in enumerate(self.operations):
            try:
                changes += self._do(operation, cart, removed, context)
            except errors.CartError as refusal:
                refusal.extra["operation"] = index
                raise
        return cart.record_lines(changes, "LINES_CHANGED", context)

    def _do(
        self, operation: Operation, cart: Cart, removed: dict[object, UUID], context: ChangeContext
    ) -> list[LineChange]:
        match operation:
            case AddLine(wanted):
                return [self._add(wanted, cart, removed, context)]
            case SetLine(line_id, quantity):
                return cart.resize_with_bundle(cart.require_line(line_id), quantity)
            case RemoveLine(line_id):
                changes = cart.drop_with_bundle(cart.require_line(line_id))
                removed.update((change.line.identity, change.line.id) for change in changes)
                return changes

    def _add(self, wanted: Wanted, cart: Cart, removed: dict[object, UUID], context: ChangeContext) -> LineChange:
        """Add; what an operation before removed comes back under its id, since one save cannot delete and add it."""
        variant = choose_variant(
            [one for one in self.variants.get(wanted.product_id, ()) if wanted.variant_id in (None, one.variant_id)],
            wanted,
        )
        candidate = Line.of(variant, wanted, cart.currency, context.new_id())
        candidate.id = removed.pop(candidate.identity, candidate.id)
        line, _ = cart.take_in(candidate, wanted.quantity, variant)
        cart.removed.discard(line.id)
        return LineChange("ITEM_ADDED", line, line.quantity, wanted.quantity, wanted.source)

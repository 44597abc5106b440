"""A cart as its own service has it: its lines of mugs, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.cart import CartTotals, FullLine
from servicekit.ids import new_id


def mugs(quantity: int = 2, line_id: UUID | None = None) -> FullLine:
    """A line of mugs at 12.50."""
    return FullLine(
        line_id=line_id or new_id(),
        product_id=new_id(),
        variant_id=new_id(),
        sku="MUG",
        title="Stoneware <mug>",
        image_url="/pictures/mug.svg",
        options={"Colour": "Green"},
        quantity=quantity,
        unit_price=1250,
        line_discount=0,
        line_total=1250 * quantity,
    )


def totals_of(lines: Sequence[FullLine]) -> CartTotals:
    """The totals of lines without tax, shipping or discount."""
    total = sum(line.line_total for line in lines)
    return CartTotals(
        item_count=sum(line.quantity for line in lines),
        subtotal=total,
        discount_total=0,
        shipping_total=0,
        tax_total=0,
        total=total,
    )


@dataclass
class Cart:
    """A cart as its own service has it."""

    id: UUID
    lines: tuple[FullLine, ...]
    abandonment_id: UUID = field(default_factory=new_id)
    version: int = 1
    recovery_id: UUID | None = None

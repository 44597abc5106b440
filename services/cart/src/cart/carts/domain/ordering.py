"""What of a cart was ordered and what is left over (rules.md 16): pure."""

from dataclasses import dataclass
from uuid import UUID

from contracts.cart_calls import OrderedLine

from cart import errors
from cart.carts.domain.lines import Line
from cart.carts.domain.state import CartState


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What an order leaves with the shopper: lines or a part of their quantity, what is saved, and its cart's id."""

    cart_id: UUID
    lines: tuple[tuple[Line, int], ...]
    saved: tuple[Line, ...] = ()


def split_order(cart: CartState, ordered: tuple[OrderedLine, ...]) -> list[tuple[Line, int]]:
    """Leave exactly the ordered quantities in the cart and return the rest.

    Raises ItemNotFound, before anything is changed, unless each ordered line is named once and the cart has it.
    """
    wanted = {line.line_id: line.quantity for line in ordered}
    if len(wanted) != len(ordered) or not wanted:
        raise errors.ItemNotFound("Each ordered line is named once, and at least one is.")
    for line_id, quantity in wanted.items():
        line = cart.line(line_id)
        if line is None or line.quantity < quantity:
            raise errors.ItemNotFound("The cart has fewer of a line than are ordered.", itemId=str(line_id))
    left = [(line, over) for line in cart.lines if (over := line.quantity - wanted.get(line.id, 0)) > 0]
    for line, _ in left:
        if line.id in wanted:
            cart.set_line_quantity(line, wanted[line.id])
        else:
            cart.drop_line(line)
    return left

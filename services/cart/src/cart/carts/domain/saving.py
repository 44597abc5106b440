"""Lines that are saved for later: kept with their options as long as their cart is, neither priced nor held. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from cart import errors
from cart.carts.domain.lines import Line
from cart.carts.domain.merging import MergeChange
from cart.carts.domain.notes import has_room, require_room
from cart.carts.domain.state import CartState


def with_saved(cart: CartState, line: Line) -> list[Line]:
    """The cart's saved lines with this one, which adds up where the same variant and options are saved already.

    Raises QuantityLimit for more than the site allows of a line or of lines, and TooManyNotes.
    """
    known = next((kept for kept in cart.saved_lines if kept.identity == line.identity), None)
    if known is None:
        if len(cart.saved_lines) >= cart.site.max_lines:
            raise errors.QuantityLimit("At most {most} items can be saved for later.", most=cart.site.max_lines)
        require_room(cart.saved_lines, line)
        return [*cart.saved_lines, line]
    quantity = known.quantity + line.quantity
    if quantity > cart.site.max_quantity:
        raise errors.QuantityLimit("At most {most} of one item.", most=cart.site.max_quantity)
    return [replace(kept, quantity=quantity) if kept is known else kept for kept in cart.saved_lines]


def merge_saved_lines(
    customer: CartState, guest_lines: Sequence[Line], new_id: Callable[[], UUID]
) -> list[MergeChange]:
    """Unite what a guest saved into what the customer did: of the same the larger quantity (rules.md 11).

    What finds no room is returned, as what a merge leaves out of a cart is.
    """
    saved, left_out = list(customer.saved_lines), []
    for theirs in guest_lines:
        known = next((index for index, mine in enumerate(saved) if mine.identity == theirs.identity), None)
        if known is not None:
            quantity = max(theirs.quantity, saved[known].quantity)
            saved[known] = replace(saved[known], quantity=min(quantity, customer.site.max_quantity))
        elif len(saved) >= customer.site.max_lines:
            left_out.append(MergeChange(theirs.id, theirs.sku, "limited", theirs.quantity, 0, "maxLines"))
        elif not has_room(saved, theirs):
            left_out.append(MergeChange(theirs.id, theirs.sku, "limited", theirs.quantity, 0, "maxNotes"))
        else:
            saved.append(replace(theirs, id=new_id()))
    if guest_lines:
        customer.set_saved_lines(saved)
    return left_out

"""What becomes of each line when a guest's cart is merged into a customer's (rules.md 11): pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from cart.carts.domain.lines import Line
from cart.carts.domain.notes import has_room
from cart.carts.domain.state import CartState
from cart.carts.domain.values import MergeReason, MergeStrategy

_QUANTITY: Final[Mapping[MergeStrategy, Callable[[int, int], int]]] = {
    "larger": max,
    "sum": lambda guest, customer: guest + customer,
    "guest_wins": lambda guest, _: guest,
    "customer_wins": lambda _, customer: customer,
}


def wanted_quantity(strategy: MergeStrategy, guest: int, customer: int) -> int:
    """How many there are of what both carts have, before any limit."""
    return _QUANTITY[strategy](guest, customer)


@dataclass(frozen=True, slots=True)
class MergeChange:
    """One line of the customer's cart that the merge changed. `kind`: added, quantity, limited, price."""

    line_id: UUID
    sku: str
    kind: str
    from_: int
    to: int
    reason: MergeReason


def merge_lines(
    customer: CartState, guest_lines: Sequence[Line], strategy: MergeStrategy, new_id: Callable[[], UUID]
) -> list[MergeChange]:
    """Unite the guest's lines into the customer's cart, within the site's limits; every difference is returned."""
    return [change for line in guest_lines for change in _merge_line(customer, line, strategy, new_id)]


def _merge_line(
    customer: CartState, theirs: Line, strategy: MergeStrategy, new_id: Callable[[], UUID]
) -> list[MergeChange]:
    mine = next((line for line in customer.lines if line.identity == theirs.identity), None)
    if mine is None:
        return _take_line(customer, theirs, new_id())
    wanted = wanted_quantity(strategy, theirs.quantity, mine.quantity)
    quantity = min(wanted, customer.site.max_quantity)
    if quantity == mine.quantity:
        return []
    before = mine.quantity
    customer.set_line_quantity(mine, quantity)
    if quantity == wanted:
        return [MergeChange(mine.id, mine.sku, "quantity", before, quantity, strategy)]
    return [MergeChange(mine.id, mine.sku, "limited", before, quantity, "maxQuantityPerLine")]


def _take_line(customer: CartState, theirs: Line, line_id: UUID) -> list[MergeChange]:
    if len(customer.lines) >= customer.site.max_lines:
        return [MergeChange(theirs.id, theirs.sku, "limited", theirs.quantity, 0, "maxLines")]
    if not has_room(customer.lines, theirs):
        return [MergeChange(theirs.id, theirs.sku, "limited", theirs.quantity, 0, "maxNotes")]
    line = replace(theirs, id=line_id, quantity=0)
    customer.set_line_quantity(line, min(theirs.quantity, customer.site.max_quantity))
    customer.lines.append(line)
    changes = [MergeChange(line.id, line.sku, "added", 0, line.quantity, "from the guest's cart")]
    price = line.catalogue_price(customer.currency)
    if price is not None and price != line.unit_price:
        changes.append(MergeChange(line.id, line.sku, "price", line.unit_price, price, "catalogue"))
        line.unit_price = price
    return changes

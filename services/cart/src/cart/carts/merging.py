"""Merging a guest's cart into a customer's at sign-in (rules.md 11): pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from cart import errors
from cart.carts.domain import MAX_CODES
from cart.carts.model import Activity, Cart, Line

Strategy = Literal["larger", "sum", "guest_wins", "customer_wins"]

_QUANTITY: Final[Mapping[str, Callable[[int, int], int]]] = {
    "larger": max,
    "sum": lambda guest, customer: guest + customer,
    "guest_wins": lambda guest, _: guest,
    "customer_wins": lambda _, customer: customer,
}


@dataclass(frozen=True, slots=True)
class MergeChange:
    """One line of the customer's cart that the merge changed. `kind`: added, quantity, limited, price."""

    line_id: UUID
    sku: str
    kind: str
    from_: int
    to: int
    reason: str


def merge(
    guest: Cart, customer: Cart, strategy: Strategy, new_id: Callable[[], UUID], now: datetime
) -> list[MergeChange]:
    """Unite the lines and codes into the customer's cart and end the guest's; every difference is reported."""
    if guest.currency != customer.currency:
        raise errors.CurrencyMismatch(
            f"The guest's cart is in {guest.currency}, the customer's in {customer.currency}."
        )
    changes = [change for line in guest.lines for change in _merge_line(customer, line, strategy, new_id)]
    known = {code.code for code in customer.codes}
    customer.codes = [*customer.codes, *(code for code in guest.codes if code.code not in known)][:MAX_CODES]
    customer.has_contact = customer.has_contact or guest.has_contact
    customer.last_activity_at = max(customer.last_activity_at, now)
    customer.version += 1
    customer.updated_at = now
    customer.activity.append(Activity("MERGED_IN", "shopper", {"from": str(guest.id), "lines": len(guest.lines)}))
    end_merged(guest, customer.id, now)
    return changes


def end_merged(guest: Cart, into: UUID, now: datetime) -> None:
    """The guest's cart is final, and stays readable for support."""
    guest.status, guest.merged_into, guest.abandonment_id = "MERGED", into, None
    guest.version += 1
    guest.updated_at = now
    guest.activity.append(Activity("MERGED", "shopper", {"into": str(into)}))


def _merge_line(customer: Cart, theirs: Line, strategy: Strategy, new_id: Callable[[], UUID]) -> list[MergeChange]:
    mine = next((line for line in customer.lines if line.identity == theirs.identity), None)
    if mine is None:
        return _take_line(customer, theirs, new_id())
    wanted = _QUANTITY[strategy](theirs.quantity, mine.quantity)
    quantity = min(wanted, customer.site.max_quantity)
    if quantity == mine.quantity:
        return []
    before, mine.quantity = mine.quantity, quantity
    customer.touched.add(mine.id)
    kind, reason = ("quantity", strategy) if quantity == wanted else ("limited", "maxQuantityPerLine")
    return [MergeChange(mine.id, mine.sku, kind, before, quantity, reason)]


def _take_line(customer: Cart, theirs: Line, line_id: UUID) -> list[MergeChange]:
    if len(customer.lines) >= customer.site.max_lines:
        return [MergeChange(theirs.id, theirs.sku, "limited", theirs.quantity, 0, "maxLines")]
    line = replace(theirs, id=line_id, quantity=min(theirs.quantity, customer.site.max_quantity))
    changes = [MergeChange(line.id, line.sku, "added", 0, line.quantity, "from the guest's cart")]
    catalogue_price = line.catalogue.prices.get(customer.currency) if line.catalogue else None
    if catalogue_price is not None and catalogue_price != line.unit_price:
        changes.append(MergeChange(line.id, line.sku, "price", line.unit_price, catalogue_price, "catalogue"))
        line.unit_price = catalogue_price
    customer.lines.append(line)
    customer.touched.add(line.id)
    return changes

"""Carts are what their shoppers were answered, and their amounts add up."""

from collections.abc import Iterator

from chaos.checks.violations import Run
from chaos.ledger import Entry, by_cart, last_lines

OPEN = frozenset({"ACTIVE", "ABANDONED"})


def carts_are_as_answered(run: Run) -> Iterator[str]:
    """Lines and total of each cart are those that its one shopper saw last."""
    carts = {cart.id: cart for cart in run.records.carts}
    for cart_id, entries in by_cart(run.entries).items():
        cart = carts.get(cart_id)
        if cart is None:
            continue  # `nothing_is_lost` says so
        if dict(cart.lines) != dict(last_lines(entries)):
            yield f"the cart {cart_id} has {dict(cart.lines)}, and its shopper saw {dict(last_lines(entries))}"
        if cart.total != _last_total(entries):
            yield f"the cart {cart_id} is {cart.total}, and its shopper saw {_last_total(entries)}"
        if cart.status not in OPEN and not any(entry.command == "order" for entry in entries):
            yield f"the cart {cart_id} is {cart.status}, and nobody ordered it"


def totals_add_up(run: Run) -> Iterator[str]:
    """Lines make the subtotal and the count; subtotal less discounts with shipping and tax makes the total."""
    for cart in run.records.carts:
        if cart.subtotal != cart.line_total or cart.item_count != sum(cart.lines.values()):
            yield f"the cart {cart.id} says {cart.item_count} for {cart.subtotal}, its lines are {cart.line_total}"
        expected = cart.subtotal - cart.discount_total + cart.shipping_total + cart.tax_total
        if cart.total != expected:
            yield f"the cart {cart.id} has a total of {cart.total}, and its parts make {expected}"


def _last_total(entries: list[Entry]) -> int:
    return next((entry.seen.total for entry in reversed(entries) if entry.seen.total is not None), 0)

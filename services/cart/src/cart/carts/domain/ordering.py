"""What of a cart was ordered and what is left over (rules.md 16): pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.cart_calls import OrderedLine

from cart import bundle_errors, errors
from cart.carts.domain.bundles import BundleGroup
from cart.carts.domain.bundling import BundledCart
from cart.carts.domain.lines import Line


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What an order leaves with the shopper: lines or a part of their quantity, what is saved, and its cart's id."""

    cart_id: UUID
    lines: tuple[tuple[Line, int], ...]
    saved: tuple[Line, ...] = ()
    bundles: tuple[BundleGroup, ...] = ()
    """Those that lines of it are in, as often as they are left."""


def split_order(
    cart: BundledCart, ordered: tuple[OrderedLine, ...]
) -> tuple[list[tuple[Line, int]], list[BundleGroup]]:
    """Leave exactly the ordered quantities in the cart and return the rest, with the bundles that are left of it.

    Raises, before anything is changed, ItemNotFound unless each ordered line is named once and the cart has it, and
    BundleIncomplete for a part of a bundle.
    """
    wanted = {line.line_id: line.quantity for line in ordered}
    if len(wanted) != len(ordered) or not wanted:
        raise errors.ItemNotFound("Each ordered line is named once, and at least one is.")
    for line_id, quantity in wanted.items():
        line = cart.line(line_id)
        if line is None or line.quantity < quantity:
            raise errors.ItemNotFound("The cart has fewer of a line than are ordered.", itemId=str(line_id))
    times = {bundle.id: _ordered_times(cart, bundle, wanted) for bundle in cart.whole_bundles()}
    left = [(line, over) for line in cart.lines if (over := line.quantity - wanted.get(line.id, 0)) > 0]
    for line, _ in left:
        if line.id in wanted:
            cart.set_line_quantity(line, wanted[line.id])
        else:
            cart.drop_line(line)
    return left, _split_bundles(cart, times)


def _ordered_times(cart: BundledCart, bundle: BundleGroup, wanted: Mapping[UUID, int]) -> int:
    """How many of a bundle are ordered."""
    parts = {divmod(wanted.get(line.id, 0), bundle.pieces[line.variant_id]) for line in cart.lines_of(bundle)}
    ((times, rest), *others) = parts
    if rest or others:
        raise bundle_errors.BundleIncomplete
    return times


def _split_bundles(cart: BundledCart, times: Mapping[UUID, int]) -> list[BundleGroup]:
    """Leave the bundles in the cart as often as they are ordered and return the rest."""
    if not times:
        return []
    kept = [
        replace(bundle, quantity=times.get(bundle.id, bundle.quantity))
        for bundle in cart.bundles
        if times.get(bundle.id, bundle.quantity)
    ]
    left = [
        replace(bundle, quantity=bundle.quantity - times[bundle.id])
        for bundle in cart.bundles
        if bundle.id in times and bundle.quantity > times[bundle.id]
    ]
    cart.set_bundles(kept)
    return left

"""What becomes of each bundle when a guest's cart is merged into a customer's (rules.md 11): pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from cart.carts.domain.bundle_saving import BundleSavingCart
from cart.carts.domain.bundles import BundleGroup
from cart.carts.domain.bundling import BundledCart
from cart.carts.domain.lines import Line
from cart.carts.domain.merging import MergeChange, wanted_quantity
from cart.carts.domain.notes import has_room
from cart.carts.domain.values import MergeReason, MergeStrategy


def merge_bundles(
    customer: BundledCart, guest: BundledCart, strategy: MergeStrategy, new_id: Callable[[], UUID]
) -> list[MergeChange]:
    """Unite the guest's bundles into the customer's cart, each whole or not at all; every difference of a line."""
    return [
        change
        for theirs in guest.whole_bundles()
        for change in _merge_bundle(customer, theirs, guest.lines_of(theirs), strategy, new_id)
    ]


def merge_saved_bundles(
    customer: BundleSavingCart, guest: BundleSavingCart, new_id: Callable[[], UUID]
) -> list[MergeChange]:
    """Unite what a guest saved of bundles into what the customer did: of the same the larger number (rules.md 11).

    What finds no room is returned, as what a merge leaves out of a cart is.
    """
    left_out: list[MergeChange] = []
    for theirs in guest.saved_bundles():
        lines = guest.saved_lines_of(theirs)
        mine = next((bundle for bundle in customer.saved_bundles() if bundle.is_like(theirs)), None)
        if mine is not None:
            customer.resize_saved_bundle(mine, min(max(theirs.quantity, mine.quantity), customer.site.max_quantity))
        elif (reason := _no_room(customer.saved_lines, lines, customer.site.max_lines)) is not None:
            left_out += [MergeChange(line.id, line.sku, "limited", line.quantity, 0, reason) for line in lines]
        else:
            bundle = replace(theirs, id=new_id())
            taken = [replace(line, id=new_id(), bundle_group_id=bundle.id) for line in lines]
            customer.set_saved_lines([*customer.saved_lines, *taken])
            customer.set_bundles([*customer.bundles, bundle])
    return left_out


def _merge_bundle(
    customer: BundledCart,
    theirs: BundleGroup,
    lines: list[Line],
    strategy: MergeStrategy,
    new_id: Callable[[], UUID],
) -> Iterator[MergeChange]:
    mine = next((bundle for bundle in customer.whole_bundles() if bundle.is_like(theirs)), None)
    if mine is None:
        yield from _take_bundle(customer, theirs, lines, new_id)
        return
    wanted = wanted_quantity(strategy, theirs.quantity, mine.quantity)
    quantity = min(wanted, customer.site.max_quantity)
    if quantity == mine.quantity:
        return
    for line in customer.lines_of(mine):
        before = line.quantity
        customer.set_line_quantity(line, mine.pieces[line.variant_id] * quantity)
        if quantity == wanted:
            yield MergeChange(line.id, line.sku, "quantity", before, line.quantity, strategy)
        else:
            yield MergeChange(line.id, line.sku, "limited", before, line.quantity, "maxQuantityPerLine")
    resized = replace(mine, quantity=quantity)
    customer.set_bundles([resized if one is mine else one for one in customer.bundles])


def _take_bundle(
    customer: BundledCart, theirs: BundleGroup, lines: list[Line], new_id: Callable[[], UUID]
) -> Iterator[MergeChange]:
    reason = _no_room(customer.lines, lines, customer.site.max_lines)
    if reason is not None:
        for line in lines:
            yield MergeChange(line.id, line.sku, "limited", line.quantity, 0, reason)
        return
    bundle = replace(theirs, id=new_id(), quantity=min(theirs.quantity, customer.site.max_quantity))
    for theirs_line in lines:
        line = replace(theirs_line, id=new_id(), bundle_group_id=bundle.id)
        customer.set_line_quantity(line, bundle.pieces[line.variant_id] * bundle.quantity)
        customer.lines.append(line)
        yield MergeChange(line.id, line.sku, "added", 0, line.quantity, "from the guest's cart")
    customer.set_bundles([*customer.bundles, bundle])


def _no_room(there: Sequence[Line], lines: Sequence[Line], max_lines: int) -> MergeReason | None:
    """What keeps the lines out of those that are there."""
    if len(there) + len(lines) > max_lines:
        return "maxLines"
    fits = all(has_room([*there, *lines[:index]], line) for index, line in enumerate(lines))
    return None if fits else "maxNotes"

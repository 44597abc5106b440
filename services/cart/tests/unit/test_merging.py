"""Merging at sign-in, over carts that nobody thought of (rules.md 11)."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest
from cart import errors
from cart.carts.domain.cart import MAX_CODES, Cart
from cart.carts.domain.lines import Line
from cart.carts.domain.merging import MergeChange
from cart.carts.domain.values import MergeStrategy
from hypothesis import given
from hypothesis import strategies as st

from ..building import NOW, by, cart, code, line, site, variant

Quantities = dict[int, int]
MAX_QUANTITY, MAX_LINES = 20, 6

quantities = st.dictionaries(st.integers(1, 8), st.integers(1, MAX_QUANTITY), max_size=MAX_LINES)
strategies = st.sampled_from(["larger", "sum", "guest_wins", "customer_wins"])


def filled(wanted: Quantities, customer: str | None = None) -> Cart:
    """A cart with these quantities by the number of the variant."""
    lines = [line(variant(number), quantity) for number, quantity in wanted.items()]
    return cart(*lines, customer=customer, rules=site(max_quantity=MAX_QUANTITY, max_lines=MAX_LINES))


def content(of: Cart) -> dict[str, int]:
    """Quantities by sku."""
    return {it.sku: it.quantity for it in of.lines}


def merged(guest: Cart, customer: Cart, strategy: MergeStrategy) -> list[MergeChange]:
    """Merge a minute later."""
    return customer.merge(guest, strategy, by(now=NOW + timedelta(minutes=1)))


def expected(strategy: str, guest: int, customer: int) -> int:
    """What a strategy makes of two quantities, within the site's limit."""
    wanted = {"larger": max(guest, customer), "sum": guest + customer, "guest_wins": guest, "customer_wins": customer}
    return min(wanted[strategy], MAX_QUANTITY)


@given(quantities, quantities, strategies)
def test_nothing_is_lost_and_every_quantity_follows_the_strategy(
    theirs: Quantities, mine: Quantities, strategy: MergeStrategy
) -> None:
    """What both have follows the strategy, what one has stays; only the limit of lines leaves out, and says so."""
    guest, customer = filled(theirs), filled(mine, "ada")
    before, brought = content(customer), content(guest)

    changes = merged(guest, customer, strategy)

    after = content(customer)
    left_out = {change.sku for change in changes if (change.kind, change.to) == ("limited", 0)}
    assert set(after) == (set(before) | set(brought)) - left_out
    assert all(after[sku] == expected(strategy, brought[sku], before[sku]) for sku in before.keys() & brought.keys())
    assert all(after[sku] == before[sku] for sku in before.keys() - brought.keys())
    assert all(after[sku] == brought[sku] for sku in after.keys() - before.keys())
    assert not left_out or len(after) == MAX_LINES


@given(quantities, quantities, strategies)
def test_the_report_is_exactly_the_difference(theirs: Quantities, mine: Quantities, strategy: MergeStrategy) -> None:
    """Applied to what was there before, the reported changes give what is there now."""
    guest, customer = filled(theirs), filled(mine, "ada")
    before = content(customer)

    changes = merged(guest, customer, strategy)

    reported = {change.sku: (change.from_, change.to) for change in changes if change.to}
    assert all(before.get(sku, 0) == start for sku, (start, _) in reported.items())
    assert {**before, **{sku: end for sku, (_, end) in reported.items()}} == content(customer)
    assert {it.sku for it in customer.lines if it.id in customer.touched} == set(reported)


@given(quantities, quantities, st.sampled_from(["larger", "guest_wins", "customer_wins"]))
def test_the_same_guest_again_changes_nothing(theirs: Quantities, mine: Quantities, strategy: MergeStrategy) -> None:
    """A retry that got through twice would do no harm; the merged state refuses `sum` a second time."""
    customer = filled(mine, "ada")
    guest = filled(theirs)
    merged(deepcopy(guest), customer, strategy)
    before = content(customer)

    again = merged(deepcopy(guest), customer, strategy)

    assert content(customer) == before
    assert all(change.to == 0 for change in again)


@given(quantities, strategies)
def test_the_guests_cart_is_final_and_keeps_its_lines(theirs: Quantities, strategy: MergeStrategy) -> None:
    """It stays readable for support."""
    guest, customer = filled(theirs), filled({}, "ada")
    before = content(guest)

    merged(guest, customer, strategy)

    assert (guest.status, guest.merged_into, guest.version) == ("MERGED", customer.id, 2)
    assert content(guest) == before
    assert not {it.id for it in guest.lines} & {it.id for it in customer.lines}


@given(st.sets(st.integers(0, 9), max_size=MAX_CODES), st.sets(st.integers(0, 9), max_size=MAX_CODES))
def test_codes_are_united_the_customers_first(theirs: set[int], mine: set[int]) -> None:
    """Each code once, at most as many as a cart may have."""
    guest, customer = filled({1: 1}), filled({}, "ada")
    later = NOW + timedelta(hours=1)
    guest.codes = [code(f"CODE{number}", later) for number in sorted(theirs)]
    customer.codes = [code(f"CODE{number}", later) for number in sorted(mine)]
    own = [applied.code for applied in customer.codes]

    merged(guest, customer, "larger")

    united = [applied.code for applied in customer.codes]
    assert united[: len(own)] == own
    assert len(united) == len(set(united)) == min(len(theirs | mine), MAX_CODES)
    assert set(united) <= {f"CODE{number}" for number in theirs | mine}


def test_a_price_that_changed_meanwhile_is_taken_and_reported() -> None:
    """The guest's line comes in at the catalogue's price of now."""
    stale: Line = line(variant(1, price=1200), 2, unit_price=1000)
    guest, customer = cart(stale), cart(customer="ada")

    changes = merged(guest, customer, "larger")

    assert [(change.kind, change.from_, change.to) for change in changes] == [("added", 0, 2), ("price", 1000, 1200)]
    assert customer.lines[0].unit_price == 1200


def test_carts_in_two_currencies_are_not_merged() -> None:
    """One cart, one currency (rules.md 1); both stay as they are."""
    guest, customer = filled({1: 1}), filled({2: 1}, "ada")
    guest.currency = "EUR"

    with pytest.raises(errors.CurrencyMismatch):
        merged(guest, customer, "larger")

    assert (guest.status, content(customer)) == ("ACTIVE", {"sku-2": 1})


def test_a_merge_keeps_no_more_notes_than_a_cart_may() -> None:
    """The guest's line that has no room beside the customer's is left out and named; one without notes comes along."""
    full = [replace(line(variant(number), 1), meta={"note": "x" * 4000}) for number in range(1, 16)]
    theirs = [replace(line(variant(number), 1), meta={"note": "x" * 4000}) for number in (20, 21)]
    customer = cart(*full, customer="ada")
    guest = cart(*theirs, line(variant(22), 1))

    changes = merged(guest, customer, "larger")

    assert [(change.sku, change.kind, change.reason) for change in changes] == [
        (theirs[0].sku, "added", "from the guest's cart"),
        (theirs[1].sku, "limited", "maxNotes"),
        (guest.lines[2].sku, "added", "from the guest's cart"),
    ]

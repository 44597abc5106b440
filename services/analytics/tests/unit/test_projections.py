"""A cart's row depends on what happened to the cart, not on the order of delivery."""

from typing import Any

from analytics.log.domain import LogEntry
from analytics.projections.domain.cart_facts import CartFacts, ProductFacts, merge, merge_products
from analytics.projections.domain.project import CartKey, ProductKey, project
from contracts.envelope import Envelope
from hypothesis import given
from hypothesis import strategies as st
from servicekit.ids import new_id

from ..cart_history import NOON, PRICE, CartHistory  # no installed package
from ..histories import histories  # no installed package

COMPANY = new_id()


@given(histories(COMPANY), st.randoms(use_true_random=False), st.integers(0, 20))
def test_any_order_and_any_batches_give_equal_rows(history: list[Envelope[Any]], random: Any, cut: int) -> None:
    """Whatever the order of delivery, and however it is cut into batches, the rows are equal (rules.md 32)."""
    entries = [LogEntry.of(event) for event in history]
    shuffled = random.sample(entries, len(entries))

    halves = [project(shuffled[:cut]), project(shuffled[cut:])]

    assert _together(halves) == project(entries)


def test_nothing_is_the_zero_of_merging() -> None:
    """A row that was only just opened changes nothing."""
    cart = CartHistory(COMPANY)
    carts, _ = project([LogEntry.of(cart.created()), LogEntry.of(cart.added())])
    facts = carts[COMPANY, cart.cart_id]

    assert merge(CartFacts(), facts) == facts == merge(facts, CartFacts())


def test_a_cart_is_what_its_highest_version_says() -> None:
    """An old state that arrives late does not reopen a converted cart."""
    cart = CartHistory(COMPANY)
    events = [cart.created(), cart.added(quantity=2), cart.converted()]

    carts, _ = project(LogEntry.of(event) for event in reversed(events))

    facts = carts[COMPANY, cart.cart_id]
    assert facts.state is not None
    assert facts.state.status == "CONVERTED"
    assert facts.sale is not None
    assert (facts.sale.revenue, facts.sale.quantity) == (2 * PRICE, 2)


def test_of_several_lines_changed_at_once_each_counts_what_it_gained() -> None:
    """What one line lost takes nothing from what another gained, and is no product that was added."""
    cart, mug, bowl = CartHistory(COMPANY), new_id(), new_id()
    events = [cart.created(), cart.added(mug, 5), cart.changed({mug: -3, bowl: 4})]

    carts, products = project(LogEntry.of(event) for event in events)

    assert carts[COMPANY, cart.cart_id].quantity_added == 9
    assert {product: facts.quantity_added for (_, _, product), facts in products.items()} == {mug: 5, bowl: 4}


def test_abandoned_counts_under_the_first_time() -> None:
    """A cart that is left twice was abandoned when it was left first, in whatever order the events arrive."""
    cart = CartHistory(COMPANY)
    cart.added()
    first, again = cart.abandoned(NOON), cart.abandoned(NOON.replace(hour=18))

    carts, _ = project([LogEntry.of(again), LogEntry.of(first)])

    facts = carts[COMPANY, cart.cart_id]
    assert facts.first_abandoned_at == NOON
    assert facts.last_abandoned_at == NOON.replace(hour=18)
    assert facts.abandonments == 2


def test_what_staff_do_is_not_counted_as_the_shoppers() -> None:
    """Staff who add an item leave a fuller cart, and no step of the funnel (rules.md 33)."""
    cart = CartHistory(COMPANY)
    events = [cart.created(), cart.added(quantity=3, actor="staff"), cart.viewed(actor="bot")]

    carts, products = project(LogEntry.of(event) for event in events)

    facts = carts[COMPANY, cart.cart_id]
    assert facts.contents is not None
    assert facts.contents.item_count == 3
    assert (facts.first_item_at, facts.viewed_at, facts.quantity_added, products) == (None, None, 0, {})


def test_a_cart_that_staff_made_is_excluded() -> None:
    """Staff's own carts count nowhere, whoever changes them afterwards."""
    cart = CartHistory(COMPANY)

    carts, _ = project([LogEntry.of(cart.added()), LogEntry.of(cart.created(actor="staff"))])

    assert carts[COMPANY, cart.cart_id].excluded


def _together(
    parts: list[tuple[dict[CartKey, CartFacts], dict[ProductKey, ProductFacts]]],
) -> tuple[dict[CartKey, CartFacts], dict[ProductKey, ProductFacts]]:
    carts: dict[CartKey, CartFacts] = {}
    products: dict[ProductKey, ProductFacts] = {}
    for some_carts, some_products in parts:
        for key, cart in some_carts.items():
            carts[key] = merge(carts.get(key, CartFacts()), cart)
        for product_key, product in some_products.items():
            products[product_key] = merge_products(products.get(product_key, ProductFacts()), product)
    return carts, products

"""The facts of a cart depend on what happened to it, not on who told it first."""

from typing import Any

from analytics.facts.domain import CartFacts, ProductFacts, merge, merge_products
from analytics.facts.reading import CartKey, ProductKey, fold
from analytics.log.domain import Recorded
from contracts.envelope import Envelope
from hypothesis import given
from hypothesis import strategies as st
from servicekit.ids import new_id

from ..histories import histories  # no installed package
from ..stories import NOON, PRICE, Story  # no installed package

COMPANY = new_id()


@given(histories(COMPANY), st.randoms(use_true_random=False), st.integers(0, 20))
def test_facts_are_the_same_in_any_order_and_in_any_batches(
    history: list[Envelope[Any]], random: Any, cut: int
) -> None:
    """Whatever the order of delivery, and however it is cut into batches, the facts are the same (rules.md 32)."""
    told = [Recorded.of(event) for event in history]
    shuffled = random.sample(told, len(told))

    halves = [fold(shuffled[:cut]), fold(shuffled[cut:])]

    assert _together(halves) == fold(told)


def test_nothing_is_the_zero_of_merging() -> None:
    """A row that was only just opened changes nothing."""
    story = Story(COMPANY)
    carts, _ = fold([Recorded.of(story.created()), Recorded.of(story.added())])
    facts = carts[COMPANY, story.cart_id]

    assert merge(CartFacts(), facts) == facts == merge(facts, CartFacts())


def test_a_cart_is_what_its_highest_version_says() -> None:
    """An old state that arrives late does not wake a converted cart."""
    story = Story(COMPANY)
    events = [story.created(), story.added(quantity=2), story.converted()]

    carts, _ = fold(Recorded.of(event) for event in reversed(events))

    facts = carts[COMPANY, story.cart_id]
    assert facts.state is not None
    assert facts.state.status == "CONVERTED"
    assert facts.sale is not None
    assert (facts.sale.revenue, facts.sale.units) == (2 * PRICE, 2)


def test_abandoned_counts_under_the_first_time() -> None:
    """A cart that is left twice was abandoned when it was left first, in whatever order that is told."""
    story = Story(COMPANY)
    story.added()
    first, again = story.abandoned(NOON), story.abandoned(NOON.replace(hour=18))

    carts, _ = fold([Recorded.of(again), Recorded.of(first)])

    facts = carts[COMPANY, story.cart_id]
    assert facts.first_abandoned_at == NOON
    assert facts.last_abandoned_at == NOON.replace(hour=18)
    assert facts.abandonments == 2


def test_what_staff_do_is_not_a_fact_of_the_shopper() -> None:
    """Staff who add an item leave a fuller cart, and no step of the funnel (rules.md 33)."""
    story = Story(COMPANY)
    events = [story.created(), story.added(quantity=3, actor="staff"), story.viewed(actor="bot")]

    carts, products = fold(Recorded.of(event) for event in events)

    facts = carts[COMPANY, story.cart_id]
    assert facts.snapshot is not None
    assert facts.snapshot.item_count == 3
    assert (facts.first_item_at, facts.viewed_at, facts.units_added, products) == (None, None, 0, {})


def test_a_cart_that_staff_made_is_excluded() -> None:
    """Staff's own carts count nowhere, whoever changes them afterwards."""
    story = Story(COMPANY)

    carts, _ = fold([Recorded.of(story.added()), Recorded.of(story.created(actor="staff"))])

    assert carts[COMPANY, story.cart_id].excluded


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

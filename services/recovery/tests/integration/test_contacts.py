"""Whose address goes with which cart: through sign-in, through a partial order, and away with the consent."""

import pytest

from ..cart_model import Cart
from ..scene import HOUR, SHOPPER, Scene


@pytest.mark.parametrize("order", ["contact first", "merge first"])
async def test_the_guests_address_follows_the_merge(scene: Scene, order: str) -> None:
    """Who gave an address as a guest and signed in is reached about the customer's cart, in either order."""
    guests, customers = scene.cart(), scene.cart()
    if order == "contact first":
        await scene.gives(guests)
        await scene.merges(guests, customers)
    else:
        await scene.merges(guests, customers)
        await scene.gives(guests)
    await scene.abandons(customers)

    assert [mail["To"] for mail in await scene.later(HOUR)] == [SHOPPER]


async def test_what_the_customer_said_counts_more_than_the_guest(scene: Scene) -> None:
    """A refusal about the customer's own cart is not overridden by a guest's consent."""
    guests, customers = scene.cart(), scene.cart()
    await scene.gives(guests)
    await scene.gives(customers, consent=False)
    await scene.merges(guests, customers)
    await scene.abandons(customers)

    assert await scene.later(HOUR) == []


@pytest.mark.parametrize("way", ["merges", "leaves_behind"])
@pytest.mark.parametrize("already", ["is abandoned", "is not yet"])
async def test_a_withdrawal_that_comes_late_reaches_the_cart_that_goes_on(scene: Scene, way: str, already: str) -> None:
    """Who declined before signing in or ordering gets no mail, though that event arrives after those of the carts."""
    first, second = scene.cart(), scene.cart()
    await scene.gives(first)
    await _goes_on(scene, way, first, second)
    if already == "is abandoned":
        await scene.abandons(second)

    await scene.gives(first, consent=False)
    if already == "is not yet":
        await scene.abandons(second)

    assert await scene.later(HOUR) == []
    assert await scene.one("SELECT count(*) FROM contacts WHERE company_id = $1 AND address_sealed IS NOT NULL") == 0


async def test_a_withdrawal_follows_every_cart_on_the_way(scene: Scene) -> None:
    """A guest's cart that was ordered in part, and whose rest went to the customer's: the no goes as far as the yes."""
    guests, rest, customers = scene.cart(), scene.cart(), scene.cart()
    await scene.gives(guests)
    await _goes_on(scene, "leaves_behind", guests, rest)
    await _goes_on(scene, "merges", rest, customers)
    await scene.abandons(customers)

    await scene.gives(guests, consent=False)

    assert await scene.later(HOUR) == []


async def test_a_late_withdrawal_leaves_alone_what_the_customer_said(scene: Scene) -> None:
    """The guest's no is about the guest's address; the customer gave another one for their own cart."""
    guests, customers = scene.cart(), scene.cart()
    await scene.gives(guests)
    await scene.gives(customers, "bob@mail.example")
    await scene.merges(guests, customers)
    await scene.abandons(customers)

    await scene.gives(guests, consent=False)

    assert [mail["To"] for mail in await scene.later(HOUR)] == ["bob@mail.example"]


async def test_a_guest_who_said_nothing_takes_nothing_away(scene: Scene) -> None:
    """A second guest cart without any address merges into a cart that the first one's address came to."""
    guests, silent, customers = scene.cart(), scene.cart(), scene.cart()
    await scene.gives(guests)
    await scene.merges(guests, customers)

    await scene.merges(silent, customers)
    await scene.abandons(customers)

    assert [mail["To"] for mail in await scene.later(HOUR)] == [SHOPPER]


@pytest.mark.parametrize("order", ["contact first", "order first"])
async def test_the_address_stays_with_what_was_not_ordered(scene: Scene, order: str) -> None:
    """Cart keeps what a partial order left in a new cart; it can be recovered like the old one, in either order."""
    cart, rest = scene.cart(), scene.cart()
    if order == "contact first":
        await scene.gives(cart)
        await scene.orders(cart, remaining=rest)
    else:
        await scene.orders(cart, remaining=rest)
        await scene.gives(cart)
    await scene.abandons(rest)

    assert [mail["To"] for mail in await scene.later(HOUR)] == [SHOPPER]


async def test_an_order_of_everything_leaves_no_cart_to_write_about(scene: Scene) -> None:
    """Without a remaining cart the address goes nowhere."""
    cart = scene.cart()
    await scene.gives(cart)

    await scene.orders(cart)

    assert await scene.one("SELECT count(*) FROM contacts WHERE company_id = $1") == 1


async def _goes_on(scene: Scene, way: str, first: Cart, second: Cart) -> None:
    """The first cart ends, and its lines are in the second: by sign-in, or as what an order left behind."""
    if way == "merges":
        await scene.merges(first, second)
    else:
        await scene.orders(first, remaining=second)

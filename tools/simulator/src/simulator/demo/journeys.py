"""How simulated shoppers shop: one function for each kind of them."""

from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Final

from simulator.demo import mails
from simulator.demo.errors import WrongAnswer
from simulator.demo.shopper import Shopper
from simulator.shops.plans import CODES

CODE: Final = next(iter(CODES))
WRONG_CODE: Final = "SAVE99"

Journey = Callable[[Shopper], Awaitable[None]]


async def buys(shopper: Shopper) -> None:
    """Fills a cart, changes their mind about something, tries codes, looks once more and orders."""
    await _fill_cart(shopper, shopper.random.randint(1, 4))
    await _change_mind(shopper)
    if shopper.random.random() < 0.5:
        await shopper.try_code(WRONG_CODE, works=False)
        await shopper.think()
        await shopper.try_code(CODE, works=True)
    await _see_upsells(shopper)
    await _order(shopper)


async def comes_back_by_mail(shopper: Shopper) -> None:
    """Leaves, is reminded, follows the link, finds the cart as it was, perhaps adds something, and orders."""
    await _leave_a_cart(shopper)
    await mails.restore(shopper, await shopper.stack.mails.first_to(shopper.email))
    if shopper.random.random() < 0.5:
        await shopper.add_something()
    await _order(shopper)


async def comes_back_by_mail_and_leaves_again(shopper: Shopper) -> None:
    """Follows the link, looks at the cart, and is gone for good."""
    await _leave_a_cart(shopper)
    await mails.restore(shopper, await shopper.stack.mails.first_to(shopper.email))


async def comes_back_unaided(shopper: Shopper) -> None:
    """Opens the mail's page without pressing its button, and later orders in the tab that is still open."""
    await _leave_a_cart(shopper)
    await mails.open_link(shopper, await shopper.stack.mails.first_to(shopper.email))
    await shopper.think()
    await shopper.add_something()
    await _order(shopper)


async def signs_in(shopper: Shopper) -> None:
    """Begins as a guest and signs in, where a cart may be waiting already; then orders, or not."""
    own = None
    if shopper.random.random() < 0.6:
        shopper.sign_in()
        await _fill_cart(shopper, 1)
        own = shopper.note
        shopper.sign_out()
    await _fill_cart(shopper, shopper.random.randint(1, 3))
    await shopper.merge_into(own)
    await shopper.think()
    await shopper.look()
    if shopper.random.random() < 0.7:
        await _order(shopper)


async def orders_what_was_shared(shopper: Shopper) -> None:
    """Follows the link to a cart that somebody filled and left, copies it into a cart of their own and orders that."""
    await _fill_cart(shopper, 2)
    token = await shopper.share()
    await shopper.wait_until_abandoned()
    await shopper.take_cart()
    await shopper.copy(token)
    await shopper.look()
    if shopper.note.items:
        await _order(shopper)


async def wishes_first(shopper: Shopper) -> None:
    """Wishes and compares as a guest, shows it to a friend, signs in, finds it all there, and orders a wish."""
    await shopper.take_cart()
    await shopper.wish_for(3)
    await shopper.show_wishes()
    wished = await shopper.wishes()
    await shopper.merge_into(None)
    if await shopper.wishes() != wished:
        raise WrongAnswer("wishes were lost at the sign-in")
    await shopper.take_first_wish()
    if not shopper.note.items:
        await shopper.fill(1)
    await _order(shopper)


async def buys_what_is_sold_together(shopper: Shopper) -> None:
    """Takes a bundle and perhaps another, puts one back by one of its lines, takes something beside it, and orders."""
    await shopper.take_cart()
    await shopper.add_bundle()
    await shopper.think()
    await shopper.add_bundle()
    items = await shopper.look()
    if len(items) > 2:
        await shopper.remove(items[-1].id)
    await shopper.fill(1)
    await _order(shopper)


async def never_returns(shopper: Shopper) -> None:
    """Leaves an address and a full cart, and is not seen again."""
    await _leave_a_cart(shopper)


async def leaves_no_address(shopper: Shopper) -> None:
    """Nobody can remind a shopper who said no, or nothing at all."""
    await _fill_cart(shopper, shopper.random.randint(1, 3))
    if shopper.random.random() < 0.5:
        await shopper.leave_address(consent=False)


async def unsubscribes(shopper: Shopper) -> None:
    """Wants no more mails, by the page or by the mail program's own button, and leaves another cart: unreminded."""
    await _leave_a_cart(shopper)
    mail = await shopper.stack.mails.first_to(shopper.email)
    by = shopper.random.choice((mails.unsubscribe_by_page, mails.unsubscribe_by_header))
    await by(shopper, mail)
    await _fill_cart(shopper, 1)
    await shopper.leave_address()


async def lets_a_hold_expire(shopper: Shopper) -> None:
    """Goes to the checkout, is called away until the stock is given back, and orders all the same."""
    await _fill_cart(shopper, 2)
    if await shopper.hold():
        await shopper.wait_until_hold_ends()
    await shopper.look()
    await _order(shopper)


async def puts_everything_back(shopper: Shopper) -> None:
    """Fills a cart and empties it again: an empty cart is never abandoned (rules.md 13)."""
    await _fill_cart(shopper, 2)
    for item in await shopper.look():
        await shopper.remove(item.id)
        await shopper.think()


async def only_looks(shopper: Shopper) -> None:
    """Opens a cart and puts nothing into it."""
    await shopper.take_cart()
    await shopper.look()


JOURNEYS: Final[Sequence[tuple[Journey, int]]] = (
    (buys, 20),
    (comes_back_by_mail, 22),
    (signs_in, 14),
    (unsubscribes, 6),
    (wishes_first, 4),
    (comes_back_unaided, 5),
    (lets_a_hold_expire, 4),
    (comes_back_by_mail_and_leaves_again, 4),
    (never_returns, 6),
    (orders_what_was_shared, 3),
    (buys_what_is_sold_together, 3),
    (leaves_no_address, 4),
    (puts_everything_back, 3),
    (only_looks, 2),
)
"""Each kind of shopper, and how many of a hundred are of it."""


def choose(shoppers: int, random: Random) -> list[Journey]:
    """So many journeys: one of each kind first, in the order of the table, then by their weights; then shuffled."""
    kinds, weights = [journey for journey, _ in JOURNEYS], [weight for _, weight in JOURNEYS]
    chosen = [*kinds, *random.choices(kinds, weights, k=max(0, shoppers - len(kinds)))][:shoppers]
    random.shuffle(chosen)
    return chosen


async def _fill_cart(shopper: Shopper, things: int) -> None:
    await shopper.take_cart()
    await shopper.fill(things)
    await shopper.look()


async def _leave_a_cart(shopper: Shopper) -> None:
    await _fill_cart(shopper, shopper.random.randint(1, 3))
    await shopper.leave_address()
    await shopper.wait_until_abandoned()


async def _change_mind(shopper: Shopper) -> None:
    first, *others = await shopper.look()
    if shopper.random.random() < 0.5:
        await shopper.set_quantity(first.id, shopper.random.randint(1, 3))
    if others and shopper.random.random() < 0.5:
        await shopper.remove(others[-1].id)
    elif others:
        await shopper.save_for_later(others[-1].id)
        await shopper.think()
        await shopper.take_back(others[-1].id)
    await shopper.think()


async def _see_upsells(shopper: Shopper) -> None:
    offers = await shopper.see_upsells()
    if offers and shopper.random.random() < 0.5:
        await shopper.take_upsell(offers[0])
    if len(offers) > 1 and shopper.random.random() < 0.3:
        await shopper.dismiss_upsell(offers[-1])


async def _order(shopper: Shopper) -> None:
    """Have the stock held and order; a cart whose stock is gone is left as it is."""
    if await shopper.hold():
        await shopper.think()
        await shopper.order()

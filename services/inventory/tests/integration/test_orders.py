"""What conversion, expiry and merging of carts do to stock (rules.md 19-20)."""

from uuid import UUID

from contracts.cart import CartConverted, CartExpired, CartMerged, CartTotals, FullLine
from contracts.envelope import Envelope, RecordedEvent
from contracts.inventory import HoldCommitted, HoldEvent, HoldExpired, HoldPlaced, HoldReleased
from inventory.subscriptions import subscriptions
from servicekit.clock import SystemClock
from servicekit.ids import new_id
from servicekit.testing import deliver, deliver_again, envelope_of, published, rows_of

from .shop import Shop

NOTHING = CartTotals(item_count=0, subtotal=0, discount_total=0, shipping_total=0, tax_total=0, total=0)


def line(shop: Shop, sku: str, quantity: int) -> FullLine:
    """An ordered line."""
    return FullLine(
        line_id=new_id(),
        product_id=shop.products[sku],
        variant_id=shop.variants[sku],
        quantity=quantity,
        unit_price=1250,
        line_discount=0,
        line_total=1250 * quantity,
        sku=sku,
        title=sku,
    )


def converted(shop: Shop, cart: UUID, **quantities: int) -> Envelope[CartConverted]:
    """The event of an order of these."""
    data = CartConverted(
        site_id=new_id(),
        currency="USD",
        actor="system",
        order_id=f"order of {cart}",
        lines=tuple(line(shop, sku, quantity) for sku, quantity in quantities.items()),
        totals=NOTHING,
    )
    return envelope_of(RecordedEvent(data, shop.company_id, cart, 7, SystemClock().now()))


async def hold_events(shop: Shop) -> list[type[HoldEvent]]:
    """The kinds of hold events of the shop, in the order of publishing."""
    events = await published(shop.database, HoldPlaced, HoldReleased, HoldExpired, HoldCommitted)
    return [
        type(event.data)
        for event in events
        if event.company_id == shop.company_id and isinstance(event.data, HoldEvent)
    ]


async def discrepancies(shop: Shop) -> dict[UUID, int]:
    """What orders needed and stock did not have."""
    async with shop.database.unit(shop.company_id) as unit:
        rows = await unit.fetch("SELECT variant_id, missing FROM stock_discrepancies")
    return {row["variant_id"]: row["missing"] for row in rows}


async def test_an_open_hold_becomes_the_orders_stock(shop: Shop) -> None:
    """Both counters go down together, once, however often the event comes (rules.md 17)."""
    await shop.stocks("mug", 10)
    cart = new_id()
    await shop.holds({"mug": 3}, cart)
    event = converted(shop, cart, mug=3)

    await deliver(subscriptions, event, shop.database)
    again = await deliver(subscriptions, event, shop.database)

    assert again == []
    assert await shop.counts("mug") == (7, 0)
    assert await shop.published_availability("mug") == [10, 7, 7]
    assert await hold_events(shop) == [HoldPlaced, HoldCommitted]
    assert (await shop.held_for(cart)).status == "COMMITTED"


async def test_a_second_word_of_the_same_conversion_changes_nothing(shop: Shop) -> None:
    """The event is a backstop: a cart whose hold was committed before is left alone (rules.md 20)."""
    await shop.stocks("mug", 10)
    cart = new_id()
    await shop.holds({"mug": 3}, cart)
    await deliver(subscriptions, converted(shop, cart, mug=3), shop.database)

    await deliver(subscriptions, converted(shop, cart, mug=3), shop.database)

    assert await shop.counts("mug") == (7, 0)


async def test_an_order_without_a_hold_takes_from_stock(shop: Shop) -> None:
    """`validate_only`: nothing was held, the stock is taken when the order comes (rules.md 19)."""
    await shop.stocks("mug", 10)
    await shop.stocks("ebook", 0, tracked=False)

    await deliver(subscriptions, converted(shop, new_id(), mug=4, ebook=2), shop.database)

    assert await shop.counts("mug") == (6, 0)
    assert await shop.counts("ebook") == (0, 0)
    assert await shop.published_availability("mug") == [10, 6]


async def test_an_order_takes_its_stock_once_whatever_id_its_event_has(shop: Shop) -> None:
    """A cart is ordered once: the event under another id takes nothing more and notes nothing more as missing."""
    await shop.stocks("mug", 5)
    event = converted(shop, new_id(), mug=4)
    short = converted(shop, new_id(), mug=3)
    for order in (event, short):
        await deliver(subscriptions, order, shop.database)
    before = await rows_of(shop.database, shop.company_id, "stock_levels", "stock_discrepancies")

    await deliver_again(subscriptions, [event, short], shop.database)

    assert await shop.counts("mug") == (0, 0)
    assert await rows_of(shop.database, shop.company_id, "stock_levels", "stock_discrepancies") == before


async def test_what_is_not_there_is_written_down(shop: Shop) -> None:
    """An order that stands takes what is left, never below zero or from other holds; the rest is a discrepancy."""
    await shop.stocks("mug", 5)
    await shop.holds({"mug": 3}, new_id())

    await deliver(subscriptions, converted(shop, new_id(), mug=4), shop.database)

    assert await shop.counts("mug") == (3, 3)
    assert await discrepancies(shop) == {shop.variants["mug"]: 2}


async def test_a_backorder_is_owed(shop: Shop) -> None:
    """A backorderable variant is sold below zero, which is no discrepancy (rules.md 19)."""
    await shop.stocks("poster", 1, backorderable=True)

    await deliver(subscriptions, converted(shop, new_id(), poster=4), shop.database)

    assert await shop.counts("poster") == (-3, 0)
    assert await discrepancies(shop) == {}


async def test_an_expired_hold_takes_the_stock_again(shop: Shop) -> None:
    """An order whose hold ran out gets the stock if it is still there (rules.md 20), swept before or not."""
    await shop.stocks("mug", 10)
    swept, unswept = new_id(), new_id()
    for cart in (swept, unswept):
        await shop.holds({"mug": 3}, cart)
        await shop.runs_out(cart)
        if cart == swept:
            await shop.sweeps()

    for cart in (swept, unswept):
        await deliver(subscriptions, converted(shop, cart, mug=3), shop.database)

    assert await shop.counts("mug") == (4, 0)
    assert (await shop.held_for(unswept)).status == "EXPIRED"


async def test_an_order_takes_exactly_what_was_ordered(shop: Shop) -> None:
    """What is held and was not ordered is free again, what was ordered beyond the hold is taken too (rules.md 16)."""
    await shop.stocks("mug", 10)
    await shop.stocks("cup", 10)
    await shop.stocks("jar", 1)
    cart = new_id()
    await shop.holds({"mug": 3, "cup": 2}, cart)

    await deliver(subscriptions, converted(shop, cart, mug=1, cup=4, jar=3), shop.database)

    assert [await shop.counts(sku) for sku in ("mug", "cup", "jar")] == [(9, 0), (6, 0), (0, 0)]
    assert await discrepancies(shop) == {shop.variants["jar"]: 2}


async def test_carts_that_end_give_back(shop: Shop) -> None:
    """An expired and a merged cart release what they held, and say why."""
    await shop.stocks("mug", 10)
    expired, merged = new_id(), new_id()
    for cart in (expired, merged):
        await shop.holds({"mug": 2}, cart)
    fields = {"site_id": new_id(), "currency": "USD", "actor": "system"}
    now = SystemClock().now()

    for cart, data in (
        (expired, CartExpired.model_validate(fields)),
        (merged, CartMerged.model_validate({**fields, "into_cart_id": new_id(), "strategy": "larger"})),
    ):
        await deliver(subscriptions, RecordedEvent(data, shop.company_id, cart, 9, now), shop.database)

    assert await shop.counts("mug") == (10, 0)
    released = await published(shop.database, HoldReleased)
    reasons = [event.data.reason for event in released if isinstance(event.data, HoldReleased)]
    assert reasons[-2:] == ["cart_expired", "cart_merged"]


async def test_an_order_of_an_unknown_variant_is_passed_over(shop: Shop) -> None:
    """A line that inventory does not know must not keep the others from being taken."""
    await shop.stocks("mug", 10)
    shop.variants["ghost"] = shop.products["ghost"] = new_id()

    await deliver(subscriptions, converted(shop, new_id(), ghost=1, mug=1), shop.database)

    assert await shop.counts("mug") == (9, 0)

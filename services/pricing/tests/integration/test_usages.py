"""Counting what conversions used, exactly once (rules.md 23, 32)."""

import asyncio
from uuid import UUID

from contracts.pricing import PromotionRedeemed
from servicekit.ids import new_id
from servicekit.testing import published

from .shop import TEN_PERCENT, Shop


async def redeemed(shop: Shop) -> list[PromotionRedeemed]:
    """What was published of the company's usages."""
    events = await published(shop.database, PromotionRedeemed)
    return [
        event.data
        for event in events
        if event.company_id == shop.company_id and isinstance(event.data, PromotionRedeemed)
    ]


async def uses(shop: Shop, promotion_id: str) -> int:
    """How often the admin sees that a promotion was used."""
    times: int = (await shop.asks("GET", f"/api/admin/promotions/{promotion_id}")).json()["timesUsed"]
    return times


async def test_a_sale_is_counted_once_however_often_it_is_delivered(shop: Shop) -> None:
    """A message that comes again is stopped by the inbox, the same sale in another message by the usage itself."""
    made = await shop.makes("promotions", TEN_PERCENT)
    sale = shop.sale(**{UUID(made["id"]).hex: 250})

    assert await shop.receives(sale) == ["pricing.redeem_promotions"]
    assert await shop.receives(sale) == []
    assert await shop.receives(sale.model_copy(update={"id": new_id()})) == ["pricing.redeem_promotions"]

    assert await uses(shop, made["id"]) == 1
    [event] = await redeemed(shop)
    assert (str(event.promotion_id), event.cart_id, event.order_id) == (made["id"], sale.subject, "order-1")
    assert (event.amount, event.currency) == (250, "EUR")


async def test_a_promotion_on_several_lines_is_used_once(shop: Shop) -> None:
    """Its amounts are added up."""
    made = await shop.makes("promotions", TEN_PERCENT)
    sale = shop.sale(**{UUID(made["id"]).hex: 250})
    twice = sale.data.model_copy(update={"discounts": sale.data.discounts * 2})

    await shop.receives(sale.model_copy(update={"data": twice}))

    assert await uses(shop, made["id"]) == 1
    assert [event.amount for event in await redeemed(shop)] == [500]


async def test_promotions_of_nobody_are_not_counted(shop: Shop, stranger: Shop) -> None:
    """An unknown id and another company's count nowhere, and the rest of the sale does."""
    mine, theirs = await shop.makes("promotions", TEN_PERCENT), await stranger.makes("promotions", TEN_PERCENT)

    await shop.receives(shop.sale(**{UUID(mine["id"]).hex: 1, UUID(theirs["id"]).hex: 2, new_id().hex: 3}))

    assert [str(event.promotion_id) for event in await redeemed(shop)] == [mine["id"]]
    assert await uses(stranger, theirs["id"]) == 0


async def test_a_sale_without_promotions_changes_nothing(shop: Shop) -> None:
    """Most sales are like this."""
    await shop.receives(shop.sale())

    assert (await redeemed(shop), await shop.rule_sets()) == ([], [])


async def test_a_deleted_promotion_is_still_counted(shop: Shop) -> None:
    """It was taken back after the cart had used it."""
    made = await shop.makes("promotions", TEN_PERCENT)
    await shop.asks("DELETE", f"/api/admin/promotions/{made['id']}")

    await shop.receives(shop.sale(**{UUID(made["id"]).hex: 5}))

    assert len(await redeemed(shop)) == 1


async def test_an_automatic_promotion_used_up_leaves_the_rules(shop: Shop) -> None:
    """Its last use publishes rules without it; raising the limit brings it back."""
    made = await shop.makes("promotions", TEN_PERCENT, usageLimit=2)

    for _ in range(2):
        await shop.receives(shop.sale(**{UUID(made["id"]).hex: 5}))
    used_up = await shop.rules()
    await shop.asks("PATCH", f"/api/admin/promotions/{made['id']}", {"usageLimit": 3})

    assert (used_up.version, used_up.promotions) == (2, ())
    assert [str(rule.id) for rule in (await shop.rules()).promotions] == [made["id"]]


async def test_sales_at_once_count_every_use_and_never_deadlock(shop: Shop) -> None:
    """Thirty sales with the same promotions in different orders: every use is counted."""
    made = [(await shop.makes("promotions", TEN_PERCENT, usageLimit=30))["id"] for _ in range(4)]
    keys = [UUID(promotion).hex for promotion in made]
    sales = [shop.sale(**dict.fromkeys(keys[turn % 4 :] + keys[: turn % 4], 1)) for turn in range(30)]

    await asyncio.gather(*(shop.receives(sale) for sale in sales))

    assert [await uses(shop, promotion) for promotion in made] == [30] * 4
    assert len(await redeemed(shop)) == 120
    assert (await shop.rules()).promotions == ()

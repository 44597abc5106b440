"""What the reports say of carts with a known history."""

from datetime import UTC, datetime, timedelta

import pytest
from contracts.cart import AppliedDiscount
from contracts.envelope import RecordedEvent
from contracts.recovery import RecoveryEmailSent, RecoveryLinkClicked
from contracts.upsell import UpsellAdded, UpsellDismissed, UpsellShown
from servicekit.ids import new_id
from servicekit.testing import envelope_of

from ..cart_history import NOON, PRICE  # no installed package
from .dashboard import Dashboard


async def test_an_overview_counts_each_outcome_of_a_cart(dashboard: Dashboard) -> None:
    """One cart of each outcome: every count, sum, rate and average is what a person would work out."""
    sold, left, returned, empty, merged, expired = (dashboard.cart() for _ in range(6))
    await dashboard.deliver(sold.created(), sold.added(quantity=2), sold.converted())
    await dashboard.deliver(left.created(), left.added(), left.abandoned())
    await dashboard.deliver(returned.created(), returned.added(), returned.abandoned(), returned.reactivated())
    await dashboard.deliver(returned.converted(), returned.recovered())
    await dashboard.deliver(empty.created(), merged.created(), merged.merged())
    await dashboard.deliver(expired.created(), expired.added(), expired.abandoned(), expired.expired())

    report = await dashboard.report("overview")

    assert report["carts"] == {
        "created": 6, "active": 1, "abandoned": 3, "converted": 2, "recovered": 1, "expired": 1, "merged": 1,
    }  # fmt: skip
    assert report["abandonmentRate"] == 0.5
    assert report["conversionRate"] == pytest.approx(2 / 6, abs=1e-4)
    assert (report["revenue"], report["units"], report["recoveredRevenue"]) == (3 * PRICE, 3, PRICE)
    assert report["averageCartValue"] == round(5 * PRICE / 4)
    assert [sum(entry["revenue"] for entry in report["series"]), len(report["series"])] == [3 * PRICE, 30]


async def test_each_event_is_counted_under_its_own_time(dashboard: Dashboard) -> None:
    """Made on Monday, abandoned on Tuesday, ordered on Wednesday: one event on each of three days (rules.md 32)."""
    monday, cart = datetime(2026, 3, 2, 10, tzinfo=UTC), dashboard.cart()
    await dashboard.deliver(
        cart.converted(monday + timedelta(days=2)),
        cart.abandoned(monday + timedelta(days=1)),
        cart.created(monday),
    )

    report = await dashboard.report("overview", **{"from": "2026-03-02", "to": "2026-03-04", "timezone": "UTC"})

    counts = [(entry["created"], entry["abandoned"], entry["converted"]) for entry in report["series"]]
    assert counts == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


async def test_days_are_those_of_the_sites_time_zone(dashboard: Dashboard) -> None:
    """23:30 UTC is tomorrow in Berlin, and on the day when clocks change so is 22:30."""
    await dashboard.site("EUR", "Europe/Berlin")
    for moment in (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 22, 30, tzinfo=UTC)):
        await dashboard.deliver(dashboard.cart().created(moment))

    report = await dashboard.report("overview", **{"from": "2026-03-28", "to": "2026-03-30"})

    assert report["timezone"] == "Europe/Berlin"
    assert [entry["created"] for entry in report["series"]] == [0, 1, 1]
    assert [entry["start"] for entry in report["series"]] == [
        "2026-03-27T23:00:00Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T22:00:00Z",
    ]


async def test_one_answer_has_one_currency(dashboard: Dashboard) -> None:
    """Euros and yen are never added up: the one of most carts is answered, the others are named (rules.md 33)."""
    for currency in ("EUR", "JPY", "JPY"):
        cart = dashboard.cart(currency)
        await dashboard.deliver(cart.created(), cart.added(), cart.converted())

    report = await dashboard.report("overview")
    requested = await dashboard.report("overview", currency="EUR")

    assert (report["currency"], report["currencies"], report["revenue"]) == ("JPY", ["EUR", "JPY"], 2 * PRICE)
    assert (requested["currency"], requested["revenue"]) == ("EUR", PRICE)


async def test_a_site_is_reported_on_in_its_own_currency(dashboard: Dashboard) -> None:
    """Of two sites only the one that is requested is counted."""
    other = new_id()
    await dashboard.site("EUR", "UTC")
    await dashboard.site("USD", "UTC", site_id=other)
    await dashboard.deliver(dashboard.cart("EUR").created(), dashboard.cart("USD", other).created())

    report = await dashboard.report("overview", siteId=str(other))

    assert (report["currency"], report["carts"]["created"], report["siteId"]) == ("USD", 1, str(other))


async def test_an_older_version_of_a_site_does_not_come_back(dashboard: Dashboard) -> None:
    """A late SiteChanged of an older version is passed over."""
    await dashboard.site("EUR", "Asia/Tokyo", version=2)
    await dashboard.site("EUR", "Europe/Berlin", version=1)

    assert (await dashboard.report("overview"))["timezone"] == "Asia/Tokyo"


async def test_staff_and_bots_are_left_out(dashboard: Dashboard) -> None:
    """A cart that staff made is in no figure, nor is what they did to a shopper's (rules.md 33)."""
    staffs, shoppers = dashboard.cart(), dashboard.cart()
    await dashboard.deliver(staffs.created(actor="staff"), staffs.added(), staffs.converted())
    await dashboard.deliver(shoppers.created(), shoppers.added(actor="bot"), shoppers.converted(actor="staff"))

    report = await dashboard.report("overview")
    carts = await dashboard.report("cart")

    assert (report["carts"]["created"], report["carts"]["converted"], report["revenue"]) == (1, 0, 0)
    assert carts["topProducts"] == {"added": [], "abandoned": [], "converted": []}


async def test_a_company_without_carts_gets_zeros(dashboard: Dashboard) -> None:
    """Nothing has happened: nothing is divided by zero, and no currency is made up."""
    report = await dashboard.report("overview")

    assert (report["currency"], report["currencies"], report["abandonmentRate"]) == ("XXX", [], 0.0)
    assert len(report["series"]) == 30


async def test_the_funnel_never_widens(dashboard: Dashboard) -> None:
    """A cart that skips a step has passed it: who has ordered has started a checkout and seen the cart."""
    made, added, viewed, held, sold = (dashboard.cart() for _ in range(5))
    await dashboard.deliver(made.created(), made.viewed())
    await dashboard.deliver(added.created(), added.added())
    await dashboard.deliver(viewed.created(), viewed.added(), viewed.viewed())
    await dashboard.deliver(held.created(), held.added(), held.held())
    await dashboard.deliver(sold.created(), sold.added(), sold.converted())

    report = await dashboard.report("funnel")

    assert [(step["step"], step["carts"]) for step in report["steps"]] == [
        ("created", 5),
        ("item_added", 4),
        ("viewed", 3),
        ("checkout_started", 2),
        ("converted", 1),
    ]
    assert report["steps"][4]["ofPrevious"] == 0.5
    assert report["steps"][4]["ofCreated"] == 0.2


async def test_the_cart_report_ranks_products(dashboard: Dashboard) -> None:
    """The product in most carts comes first, by its newest name; one that was never named has none."""
    mug, bowl = new_id(), new_id()
    await dashboard.product(mug, "Blue mug", version=2)
    await dashboard.product(mug, "Mug", version=1)
    first, second = dashboard.cart(), dashboard.cart()
    await dashboard.deliver(first.created(), first.added(mug, 2), first.added(bowl), first.converted())
    await dashboard.deliver(second.created(), second.added(mug, 1), second.abandoned())

    report = await dashboard.report("cart")

    assert [(top["title"], top["cartsAdded"], top["unitsAdded"]) for top in report["topProducts"]["added"]] == [
        ("Blue mug", 2, 3),
        (None, 1, 1),
    ]
    assert [top["productId"] for top in report["topProducts"]["abandoned"]] == [str(mug)]
    assert {(top["title"], top["revenue"]) for top in report["topProducts"]["converted"]} == {
        ("Blue mug", 2 * PRICE),
        (None, PRICE),
    }
    assert (report["averageItems"], report["averageValue"]) == (2.0, 2 * PRICE)


async def test_what_recovery_did(dashboard: Dashboard) -> None:
    """Mails and clicks are counted beside the carts that came back, restored or only reminded (rules.md 31)."""
    restored, reminded = dashboard.cart(), dashboard.cart()
    await dashboard.deliver(restored.created(), restored.added(), restored.converted(), restored.recovered())
    await dashboard.deliver(reminded.created(), reminded.added(quantity=2), reminded.converted())
    await dashboard.deliver(reminded.recovered(attribution="influenced"))
    about = {"site_id": dashboard.site_id, "cart_id": restored.cart_id, "abandonment_id": new_id(), "step": 1}
    for event in (RecoveryEmailSent(**about), RecoveryLinkClicked(**about)):
        await dashboard.deliver(envelope_of(RecordedEvent(event, dashboard.company_id, new_id(), 1, NOON)))

    report = await dashboard.report("recovery")

    assert (report["mailsSent"], report["clicks"]) == (1, 1)
    assert (report["recovered"], report["recoveredRevenue"]) == (1, PRICE)
    assert (report["influenced"], report["influencedRevenue"]) == (1, 2 * PRICE)
    assert sum(entry["mailsSent"] for entry in report["series"]) == 1


async def test_what_recommendations_did(dashboard: Dashboard) -> None:
    """Shown twice, taken once, waved away once."""
    about = {"site_id": dashboard.site_id, "cart_id": new_id(), "basis": "pairs"}
    shown = [UpsellShown.model_validate({**about, "product_ids": (new_id(),)}) for _ in range(2)]
    others = [kind.model_validate({**about, "product_id": new_id()}) for kind in (UpsellAdded, UpsellDismissed)]
    for event in (*shown, *others):
        await dashboard.deliver(envelope_of(RecordedEvent(event, dashboard.company_id, new_id(), 1, NOON)))

    report = await dashboard.report("upsell")

    assert (report["shown"], report["added"], report["dismissed"], report["addedRate"]) == (2, 1, 1, 0.5)


async def test_what_promotions_took_off(dashboard: Dashboard) -> None:
    """The dearest comes first; orders by staff are left out."""
    ten, five = new_id(), new_id()
    taken = (
        AppliedDiscount(promotion_id=five, name="Five off", amount=500),
        AppliedDiscount(promotion_id=ten, name="Ten off", amount=1000),
    )
    cart, by_staff = dashboard.cart(), dashboard.cart()
    await dashboard.deliver(cart.created(), cart.added(), cart.converted(discounts=taken))
    await dashboard.deliver(by_staff.created(), by_staff.added(), by_staff.converted(actor="staff", discounts=taken))

    report = await dashboard.report("promotions")

    assert [(item["name"], item["uses"], item["amount"]) for item in report["items"]] == [
        ("Ten off", 1, 1000),
        ("Five off", 1, 500),
    ]

"""Publishing the rules that carts price themselves with (architecture.md, "A cart prices itself")."""

import asyncio

from contracts.pricing import RuleSetPublished
from pricing.rule_sets.service import republish_rule_sets
from quote import compile_rule_set
from servicekit.testing import published

from .shop import GERMAN_VAT, PARCEL, TEN_PERCENT, Shop

SETTINGS = "/api/admin/pricing-settings"


async def test_each_change_publishes_the_next_version(shop: Shop) -> None:
    """Every kind of change is published to carts, in order, and the last version has all of them."""
    promotion = await shop.makes("promotions", TEN_PERCENT)
    await shop.makes("tax-rates", GERMAN_VAT)
    await shop.makes("shipping-rules", PARCEL)
    await shop.asks("PUT", SETTINGS, {"defaultCountry": "DE", "taxInclusive": True})
    await shop.asks("PATCH", f"/api/admin/promotions/{promotion['id']}", {"active": False})

    sets = await shop.rule_sets()

    assert [rules.version for rules in sets] == [1, 2, 3, 4, 5]
    assert [len(rules.promotions) for rules in sets] == [1, 1, 1, 1, 0]
    assert [len(rules.tax_rates) for rules in sets] == [0, 0, 0, 1, 1]
    assert [len(rules.shipping_rules) for rules in sets] == [0, 0, 1, 1, 1]
    assert sets[-1].tax_inclusive
    assert all(compile_rule_set(rules) for rules in sets)


async def test_a_refused_change_publishes_nothing(shop: Shop) -> None:
    """The rules and their publication are one transaction."""
    await shop.makes("promotions", TEN_PERCENT, code="ONCE")

    await shop.asks("POST", "/api/admin/promotions", {**TEN_PERCENT, "code": "ONCE"})

    assert [rules.version for rules in await shop.rule_sets()] == [1]


async def test_no_code_is_ever_published(shop: Shop) -> None:
    """Who reads the rules of a shop must not learn its codes (rules.md 24, 35)."""
    await shop.makes("promotions", TEN_PERCENT, code="SECRET-42", name="For friends")

    rules = await shop.rules()

    assert rules.promotions == ()
    assert "SECRET-42" not in rules.model_dump_json()


async def test_changes_at_once_lose_none_of_each_other(shop: Shop) -> None:
    """Ten admins save at the same moment: ten versions without a gap, and the last one has all ten promotions."""
    made = await asyncio.gather(*(shop.makes("promotions", TEN_PERCENT) for _ in range(10)))

    sets = await shop.rule_sets()

    assert [rules.version for rules in sets] == list(range(1, 11))
    assert {str(rule.id) for rule in sets[-1].promotions} == {promotion["id"] for promotion in made}


async def test_settings_are_the_defaults_until_they_are_put(shop: Shop) -> None:
    """Putting replaces all of them: what is left out is the default again."""
    defaults = (await shop.asks("GET", SETTINGS)).json()

    put = (await shop.asks("PUT", SETTINGS, {"defaultCountry": "de", "roundingScope": "UNIT"})).json()
    read = (await shop.asks("GET", SETTINGS)).json()
    again = (await shop.asks("PUT", SETTINGS, {"bestDeal": True})).json()

    assert defaults == {
        "roundingMode": "HALF_EVEN",
        "roundingScope": "LINE",
        "taxInclusive": False,
        "defaultCountry": None,
        "bestDeal": False,
    }
    assert read == put == {**defaults, "defaultCountry": "DE", "roundingScope": "UNIT"}
    assert again == {**defaults, "bestDeal": True}
    assert ((await shop.rules()).rounding_scope, (await shop.rules()).best_deal) == ("LINE", True)


async def test_republishing_sends_the_same_version_again(shop: Shop, stranger: Shop) -> None:
    """A new consumer gets what is current, of one company or of all, and no version is made for it."""
    await shop.makes("promotions", TEN_PERCENT)
    await shop.makes("promotions", TEN_PERCENT)
    await stranger.makes("promotions", TEN_PERCENT)
    before = await published(shop.database, RuleSetPublished)

    async with shop.database.system_unit() as unit:
        await unit.execute("UPDATE outbox SET published_at = now()")
        mine = await republish_rule_sets(unit, shop.company_id)
        waiting = await unit.fetch("SELECT aggregate_id, aggregate_version FROM outbox WHERE published_at IS NULL")
        everybody = await republish_rule_sets(unit, None)

    assert (mine, [tuple(row) for row in waiting]) == (1, [(shop.company_id, 2)])
    assert everybody >= 2
    assert await published(shop.database, RuleSetPublished) == before

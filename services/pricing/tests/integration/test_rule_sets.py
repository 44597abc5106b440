"""Publishing the rules that carts price themselves with (architecture.md, "A cart prices itself")."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from contracts.pricing import RuleSetPublished
from contracts.ruleset import ENGINE_VERSION
from pricing.republish import STATE
from quote import compile_rule_set
from servicekit.testing import Published, published, republish_all

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


async def test_a_code_that_ends_by_what_an_admin_did_is_said_to_carts(shop: Shop) -> None:
    """Switched off, deleted or shortened: carts that have it from before drop it. Switched on again, it is not."""
    off, gone, short, _ = [await shop.makes("promotions", TEN_PERCENT, code=f"CODE-{n}") for n in range(4)]
    path = "/api/admin/promotions/"
    assert (await shop.rules()).withdrawn == {}

    await shop.asks("PATCH", path + off["id"], {"active": False})
    await shop.asks("DELETE", path + gone["id"])
    await shop.asks("PATCH", path + short["id"], {"endsAt": "2026-01-01T00:00:00Z"})
    withdrawn = (await shop.rules()).withdrawn
    await shop.asks("PATCH", path + off["id"], {"active": True})

    assert {str(promotion) for promotion in withdrawn} == {off["id"], gone["id"], short["id"]}
    assert withdrawn[UUID(short["id"])] == datetime(2026, 1, 1, tzinfo=UTC)
    assert {str(promotion) for promotion in (await shop.rules()).withdrawn} == {gone["id"], short["id"]}


async def test_a_promotion_with_a_code_that_an_admin_changed_is_published_as_it_is_now(shop: Shop) -> None:
    """Without its code, for carts that have it from before; one that was only made, or is off, is not."""
    changed, renamed, off, _ = [await shop.makes("promotions", TEN_PERCENT, code=f"CODE-{n}") for n in range(4)]
    path = "/api/admin/promotions/"

    await shop.asks("PATCH", path + changed["id"], {"basisPoints": 500})
    await shop.asks("PATCH", path + changed["id"], {"name": "Five percent"})
    await shop.asks("PATCH", path + renamed["id"], {"code": "ANOTHER"})
    await shop.asks("PATCH", path + renamed["id"], {"basisPoints": 2000})
    await shop.asks("PATCH", path + off["id"], {"active": False})
    rules = await shop.rules()
    resolved = (await shop.resolves("ANOTHER")).json()["rule"]

    by_id = {str(rule.id): rule for rule in rules.changed}
    assert by_id.keys() == {changed["id"], renamed["id"]}
    five, twenty = by_id[changed["id"]], by_id[renamed["id"]]
    assert (five.name, five.basis_points, five.revision, five.code_revision) == ("Five percent", 500, 2, 0)
    assert (twenty.basis_points, twenty.revision, twenty.code_revision) == (2000, 2, 1)
    assert (resolved["revision"], resolved["codeRevision"]) == (2, 1)
    assert "ANOTHER" not in rules.model_dump_json()
    assert "revision" not in (await shop.asks("GET", path + changed["id"])).json()


async def test_a_rule_set_names_the_oldest_engine_that_prices_it_alike(shop: Shop) -> None:
    """Engines differ in promotions, with a code or without, and in choosing among ways to ship."""
    await shop.makes("tax-rates", GERMAN_VAT)
    await shop.makes("shipping-rules", PARCEL)
    second = await shop.makes("shipping-rules", PARCEL)
    await shop.asks("DELETE", f"/api/admin/shipping-rules/{second['id']}")
    code = await shop.makes("promotions", TEN_PERCENT, code="TEN")
    await shop.asks("DELETE", f"/api/admin/promotions/{code['id']}")

    sets = await shop.rule_sets()

    assert [rules.lowest_engine_version for rules in sets] == [1, 1, 2, 1, 2, 1]
    assert {rules.engine_version for rules in sets} == {ENGINE_VERSION}


async def test_rules_of_an_older_engine_are_made_anew_when_they_are_republished(shop: Shop) -> None:
    """A shop that changes nothing gets the better prices too; those of the engine of now are sent as they are."""
    await shop.makes("promotions", TEN_PERCENT)
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute(
            """UPDATE rule_sets SET content = content || '{"engineVersion": 1}' WHERE company_id = $1""",
            shop.company_id,
        )

    for _ in range(2):
        await republish_all(shop.database, STATE, shop.company_id)

    newest = await shop.rules()
    assert (newest.version, newest.engine_version, len(newest.promotions)) == (2, ENGINE_VERSION, 1)


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
    mine = await republish_all(shop.database, STATE, shop.company_id)
    async with shop.database.system_unit() as unit:
        waiting = await unit.fetch("SELECT aggregate_id, aggregate_version FROM outbox WHERE published_at IS NULL")
    everybody = await republish_all(shop.database, STATE)

    after = await published(shop.database, RuleSetPublished)
    assert (mine, [tuple(row) for row in waiting]) == (1, [(shop.company_id, 2)])
    assert everybody >= 2
    assert [event.data for event in after] == [event.data for event in before]
    assert {event.aggregate_id for event in set_apart(after, before)} >= {shop.company_id, stranger.company_id}


def set_apart(after: list[Published], before: list[Published]) -> list[Published]:
    """What has another event id than before."""
    known = {event.event_id for event in before}
    return [event for event in after if event.event_id not in known]


async def test_each_companys_rules_are_a_transaction_of_their_own(shop: Shop, stranger: Shop) -> None:
    """One large rule set is in memory at a time, and a change of another company's rules waits for none of it."""
    for one in (shop, stranger):
        await one.makes("promotions", TEN_PERCENT)
    async with shop.database.system_unit() as unit:
        await unit.execute("UPDATE outbox SET published_at = now()")

    await republish_all(shop.database, STATE)

    events = await published(shop.database, RuleSetPublished)
    transactions = {event.transaction for event in events if event.company_id in {shop.company_id, stranger.company_id}}
    assert len(transactions) == 2

"""A code that was resolved lately is put on a cart without asking pricing, unless it counts or the rules are new."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cart.main import create_app
from cart.settings import CartSettings
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.pricing import RuleSetPublished
from contracts.ruleset import RuleSet
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import client_of
from servicekit.testing.delivery import deliver
from servicekit.testing.live import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..shop import Guest, Shop


@dataclass
class PricingStub:
    """What pricing answers for a code, and how often it was asked."""

    rule: dict[str, Any] | None = field(
        default_factory=lambda: {
            "id": str(new_id()),
            "name": "Ten percent",
            "type": "PERCENTAGE_OFF",
            "scope": "CART",
            "basisPoints": 1000,
        }
    )
    calls: int = 0

    async def resolve(self, request: Request) -> Response:
        """POST /internal/codes/resolve."""
        self.calls += 1
        code = (await request.json())["code"].upper()
        if self.rule is None:
            return JSONResponse({"code": "DISCOUNT_INVALID"}, status_code=400)
        return JSONResponse({"code": code, "rule": {**self.rule, "code": code}})


@pytest.fixture
def pricing() -> PricingStub:
    """A pricing service that knows one code."""
    return PricingStub()


@pytest.fixture
def pricing_url(pricing: PricingStub) -> Generator[str]:
    """Where it answers."""
    with serving(Starlette(routes=[Route("/internal/codes/resolve", pricing.resolve, methods=["POST"])])) as url:
        yield url


@pytest.fixture
async def shop(settings: CartSettings, pricing_url: str, database: Database) -> AsyncGenerator[Shop]:
    """A shop whose cart service has this pricing and the first version of its rules."""
    app = create_app(settings.model_copy(update={"pricing_url": pricing_url}))
    async with client_of(app) as client:
        shop = await Shop.open(client, database)
        await publish(shop, 1)
        yield shop


async def publish(shop: Shop, version: int, **fields: Any) -> None:
    """Let pricing publish a version of the shop's rules."""
    now = datetime.now(UTC)
    rules = RuleSet(version=version, company_id=shop.company_id, published_at=now, **fields)
    event = RecordedEvent(RuleSetPublished(rule_set=rules), shop.company_id, shop.company_id, version, now)
    await deliver(subscriptions, event, shop.database)


async def apply(shop: Shop, guest: Guest, code: str = "TEN", **headers: str) -> httpx.Response:
    """Apply a code to the guest's cart."""
    return await shop.client.post(f"{guest.path}/discount", json={"code": code}, headers={**guest.headers, **headers})


async def test_a_code_is_asked_about_once_for_many_shoppers(shop: Shop, pricing: PricingStub) -> None:
    """Each has it on the cart, in any case, and under a key the answer is the first one's."""
    ada, bob = await shop.guest_cart({"mug": 2}), await shop.guest_cart({"mug": 4})

    answers = [await apply(shop, ada), await apply(shop, bob, "ten", **{"Idempotency-Key": "once"})]
    replayed = await apply(shop, bob, "ten", **{"Idempotency-Key": "once"})

    assert [answer.json()["totals"]["discountTotal"] for answer in answers] == [250, 500]
    assert (replayed.content, replayed.headers["idempotent-replayed"]) == (answers[1].content, "true")
    assert pricing.calls == 1


async def test_a_code_that_counts_is_always_asked_about(shop: Shop, pricing: PricingStub) -> None:
    """Only pricing knows whether a use is left (rules.md 23)."""
    assert pricing.rule is not None
    pricing.rule["counts"] = True
    ada, bob = await shop.guest_cart({"mug": 2}), await shop.guest_cart({"mug": 2})

    for guest in (ada, bob):
        assert (await apply(shop, guest)).status_code == 200

    assert pricing.calls == 2


async def test_new_rules_make_every_code_unknown(shop: Shop, pricing: PricingStub) -> None:
    """A promotion that was switched off raised their version."""
    ada, bob = await shop.guest_cart({"mug": 2}), await shop.guest_cart({"mug": 2})
    await apply(shop, ada)
    pricing.rule = None
    await publish(shop, 2)

    refused = await apply(shop, bob)

    assert (refused.status_code, refused.json()["code"]) == (400, "DISCOUNT_INVALID")
    assert pricing.calls == 2


async def test_a_code_whose_promotion_was_withdrawn_takes_nothing_off_any_more(
    shop: Shop, pricing: PricingStub
) -> None:
    """From the next price on, read or changed, and the cart says so; switched on again, it counts again."""
    guest = await shop.guest_cart({"mug": 2})
    await apply(shop, guest)
    assert pricing.rule is not None
    moment = datetime.now(UTC)

    await publish(shop, 2, withdrawn={pricing.rule["id"]: moment + timedelta(hours=1)})
    before = await shop.read(guest)
    await publish(shop, 3, withdrawn={pricing.rule["id"]: moment - timedelta(seconds=1)})
    read, changed = await shop.read(guest), (await shop.add(guest, "mug", 1)).json()
    await publish(shop, 4)
    after = await shop.read(guest)

    assert (before["totals"]["discountTotal"], before["rejectedCodes"]) == (250, [])
    for seen in (read, changed):
        assert (seen["totals"]["discountTotal"], seen["discounts"]) == (0, [])
        assert seen["rejectedCodes"] == [
            {"code": "TEN", "reason": "WITHDRAWN", "message": "This code is no longer valid."}
        ]
        assert [(notice["code"], notice["itemId"]) for notice in seen["notices"]] == [("CODE_WITHDRAWN", None)]
    assert (after["totals"]["discountTotal"], after["rejectedCodes"], after["notices"]) == (375, [], [])


@pytest.mark.parametrize(
    ("change", "discount", "rejected"),
    [
        ({"basisPoints": 400}, 100, []),
        ({"scope": "PRODUCT", "productIds": [str(new_id())]}, 0, ["NOTHING_COVERED"]),
        ({"startsAt": "2126-01-01T00:00:00Z"}, 0, ["NOT_STARTED"]),
        ({"siteIds": [str(new_id())]}, 0, ["OTHER_SITE"]),
        ({"codeRevision": 1}, 0, ["WITHDRAWN"]),
    ],
)
async def test_a_code_on_a_cart_is_priced_by_its_promotion_as_it_is_now(
    shop: Shop, pricing: PricingStub, change: dict[str, Any], discount: int, rejected: list[str]
) -> None:
    """From the next price on, read or changed, without applying it again; so it is if it has another code by now."""
    guest = await shop.guest_cart({"mug": 2})
    before = (await apply(shop, guest)).json()

    await publish(shop, 2, changed=[{**(pricing.rule or {}), "name": "Anew", "revision": 1, **change}])

    assert before["totals"]["discountTotal"] == 250
    for seen in (await shop.read(guest), (await shop.add(guest, "mug", 2)).json()):
        pieces = seen["items"][0]["quantity"] // 2
        assert seen["totals"]["discountTotal"] == discount * pieces
        assert [it["name"] for it in seen["discounts"]] == (["Anew"] if discount else [])
        assert [(one["code"], one["reason"]) for one in seen["rejectedCodes"]] == [("TEN", it) for it in rejected]


async def test_a_rule_that_is_newer_than_the_replica_stays(shop: Shop, pricing: PricingStub) -> None:
    """Pricing answered with the second change; the cart's rule set has only the first so far."""
    guest = await shop.guest_cart({"mug": 2})
    rule = pricing.rule or {}
    await publish(shop, 2, changed=[{**rule, "basisPoints": 2000, "revision": 1}])
    pricing.rule = {**rule, "basisPoints": 400, "revision": 2}

    applied = (await apply(shop, guest)).json()

    assert applied["totals"]["discountTotal"] == 100


async def test_a_refusal_is_not_remembered(shop: Shop, pricing: PricingStub) -> None:
    """A code that comes into being has no rules to change before it does."""
    guest = await shop.guest_cart({"mug": 2})
    rule, pricing.rule = pricing.rule, None
    refused = await apply(shop, guest)
    pricing.rule = rule

    assert (refused.status_code, (await apply(shop, guest)).status_code) == (400, 200)


async def test_conditions_are_judged_as_ever(shop: Shop, pricing: PricingStub) -> None:
    """An If-Match that does not fit is refused, whether or not pricing is asked."""
    guest = await shop.guest_cart({"mug": 2})
    first = await apply(shop, guest)

    stale = await apply(shop, guest, **{"If-Match": '"1"'})

    assert (first.status_code, stale.status_code) == (200, 412)
    assert pricing.calls == 1

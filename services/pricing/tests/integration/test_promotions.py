"""What an admin does with promotions (rules.md 21, 24)."""

import pytest

from .shop import TEN_PERCENT, Shop

PATH = "/api/admin/promotions"


async def test_a_promotion_is_created_changed_and_deleted(shop: Shop) -> None:
    """The whole life of a promotion, each answer showing it as it is then."""
    made = await shop.makes("promotions", TEN_PERCENT, minSubtotal={"EUR": 5000}, usageLimit=3)
    path = f"{PATH}/{made['id']}"

    changed = (await shop.asks("PATCH", path, {"basisPoints": 2000, "usageLimit": None, "name": None})).json()
    deleted = await shop.asks("DELETE", path)

    assert (made["basisPoints"], made["usageLimit"], made["timesUsed"], made["active"]) == (1000, 3, 0, True)
    assert (changed["basisPoints"], changed["usageLimit"]) == (2000, None)
    assert (changed["name"], changed["minSubtotal"]) == ("Ten percent", {"EUR": 5000})
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await shop.asks("GET", path)).status_code == 404
    assert (await shop.asks("DELETE", path)).status_code == 404


async def test_the_list_goes_page_by_page_the_newest_first(shop: Shop) -> None:
    """Following nextCursor gives every promotion once."""
    made = [(await shop.makes("promotions", TEN_PERCENT))["id"] for _ in range(5)]

    seen: list[str] = []
    cursor = ""
    while True:
        page = (await shop.asks("GET", f"{PATH}?limit=2{cursor}")).json()
        seen += [promotion["id"] for promotion in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"

    assert seen == made[::-1]


async def test_a_code_is_unique_whatever_its_case(shop: Shop) -> None:
    """SAVE10 and save10 are one code, which a deleted promotion gives back."""
    first = await shop.makes("promotions", TEN_PERCENT, code="save10")

    second = await shop.asks("POST", PATH, {**TEN_PERCENT, "code": "SAVE10"})
    await shop.asks("DELETE", f"{PATH}/{first['id']}")
    third = await shop.makes("promotions", TEN_PERCENT, code="Save10")

    assert (second.status_code, second.json()["code"]) == (409, "CONFLICT")
    assert first["code"] == third["code"] == "SAVE10"


async def test_two_companies_may_use_the_same_code(shop: Shop, stranger: Shop) -> None:
    """A code belongs to a company."""
    await shop.makes("promotions", TEN_PERCENT, code="SAVE10")

    await stranger.makes("promotions", TEN_PERCENT, code="SAVE10")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**TEN_PERCENT, "basisPoints": 0}, "basisPoints"),
        ({**TEN_PERCENT, "basisPoints": 10_001}, "basisPoints"),
        ({**TEN_PERCENT, "basisPoints": "1000"}, "basisPoints"),
        ({**TEN_PERCENT, "code": "NO SPACES"}, "code"),
        ({**TEN_PERCENT, "code": "X" * 51}, "code"),
        ({**TEN_PERCENT, "name": " "}, "name"),
        ({**TEN_PERCENT, "type": "BUY_ONE"}, "type"),
        ({**TEN_PERCENT, "minSubtotal": {"EURO": 1}}, "minSubtotal.EURO.[key]"),
        ({**TEN_PERCENT, "minSubtotal": {"EUR": -1}}, "minSubtotal.EUR"),
        ({**TEN_PERCENT, "minSubtotal": {"EUR": 0.5}}, "minSubtotal.EUR"),
        ({**TEN_PERCENT, "startsAt": "2026-01-01T00:00:00"}, "startsAt"),
        ({**TEN_PERCENT, "usageLimit": 0}, "usageLimit"),
        ({**TEN_PERCENT, "discount": 5}, "discount"),
        ({"name": "x", "scope": "CART"}, "type"),
    ],
)
async def test_a_malformed_promotion_is_refused_by_field(shop: Shop, body: object, field: str) -> None:
    """Every field that does not fit is named, and nothing is published."""
    answer = await shop.asks("POST", PATH, body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await shop.rule_sets() == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": "FIXED_AMOUNT_OFF"}, "basisPoints belong to PERCENTAGE_OFF, and to it only"),
        ({"basisPoints": None}, "basisPoints belong to PERCENTAGE_OFF, and to it only"),
        ({"amounts": {"EUR": 100}}, "amounts belong to FIXED_AMOUNT_OFF, and to it only"),
        ({"type": "FREE_SHIPPING", "basisPoints": None}, "FREE_SHIPPING has the scope SHIPPING"),
        ({"scope": "PRODUCT"}, "the scope PRODUCT needs productIds"),
        ({"scope": "CATEGORY"}, "the scope CATEGORY needs categoryIds"),
        ({"startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"}, "endsAt must be after startsAt"),
    ],
)
async def test_fields_that_make_no_rule_together_are_refused(
    shop: Shop, fields: dict[str, object], reason: str
) -> None:
    """A promotion that the engine could not price is never stored, neither as new nor as a change."""
    made = await shop.makes("promotions", TEN_PERCENT)

    created = await shop.asks("POST", PATH, {**TEN_PERCENT, **fields})
    changed = await shop.asks("PATCH", f"{PATH}/{made['id']}", fields)

    for answer in (created, changed):
        assert answer.status_code == 422
        assert [error["message"] for error in answer.json()["errors"]] == [reason]
    assert (await shop.asks("GET", f"{PATH}/{made['id']}")).json() == made


async def test_a_promotion_says_who_it_is_for(shop: Shop) -> None:
    """Groups of customers, and a first order: carts judge by the published rules (rules.md 21)."""
    who = {"customerGroups": ["trade"], "firstOrderOnly": True}

    made = await shop.makes("promotions", TEN_PERCENT, **who)
    (published,) = (await shop.rules()).promotions
    changed = await shop.asks("PATCH", f"{PATH}/{made['id']}", {"customerGroups": [], "firstOrderOnly": False})

    assert {field: made[field] for field in who} == who
    assert (published.customer_groups, published.first_order_only) == (("trade",), True)
    assert (changed.json()["customerGroups"], changed.json()["firstOrderOnly"]) == ([], False)


async def test_a_limit_of_uses_says_that_it_is_soft(shop: Shop) -> None:
    """Until checkout reserves a use (rules.md 23)."""
    limited, free = (
        await shop.makes("promotions", TEN_PERCENT, usageLimit=3),
        await shop.makes("promotions", TEN_PERCENT),
    )

    assert ([notice["code"] for notice in limited["notices"]], free["notices"]) == (["USAGE_LIMIT_IS_SOFT"], [])

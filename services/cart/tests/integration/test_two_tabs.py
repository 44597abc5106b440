"""Two tabs of one shopper, doing whatever they like at the same time (rules.md 9)."""

import asyncio
from collections import Counter

from servicekit.auth.service_tokens import mint_service_token
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Guest, Shop

ROUNDS = 200


async def test_two_tabs_adding_for_two_hundred_rounds_lose_nothing(shop: Shop) -> None:
    """Each round both tabs add one at the same moment; in the end all are there and no version was used twice."""
    shop = await roomy(shop)
    guest = await shop.guest_cart()
    backfill = past(shop, guest)

    versions: Counter[int] = Counter()
    for _ in range(ROUNDS):
        both = await asyncio.gather(*(shop.add(guest, "mug", 1, **backfill) for _ in range(2)))
        assert {answer.status_code for answer in both} <= {200, 201}
        versions.update(answer.json()["version"] for answer in both)

    assert await shop.lines(guest.headers) == {"mug": 2 * ROUNDS}
    assert set(versions.values()) == {1}
    assert max(versions) == 1 + 2 * ROUNDS


async def roomy(shop: Shop) -> Shop:
    """A shop that lets one take many of the same."""
    limits = {"maxQuantityPerLine": 10_000}
    await shop.client.patch(f"/api/admin/sites/{shop.site_id}", json=limits, headers=shop.staff())
    await shop.left("mug", 1_000_000)
    return shop


def past(shop: Shop, guest: Guest) -> dict[str, str]:
    """Headers of a backfill, which is not limited: more is asked here in a second than a shopper may in a minute."""
    token = mint_service_token(SERVICE_TOKEN_SECRET, "test", ("backfill",))
    return {**guest.headers, "authorization": f"Bearer {token}"}

"""Adding, setting and removing lines, as a guest sees it."""

import asyncio

from ..shop import Shop


async def test_a_guest_fills_a_cart_and_it_adds_up(shop: Shop) -> None:
    """Create, add and read: what the smoke script of a deployment does (rules.md 4, 8)."""
    guest = await shop.guest_cart()

    first = await shop.add(guest, "mug", 2)
    again = await shop.add(guest, "mug", 1)

    cart = await shop.read(guest)
    assert (first.status_code, again.status_code) == (201, 200)
    assert cart["totals"]["itemCount"] == 3
    assert cart["totals"]["total"] == 3 * 1250
    assert [line["quantity"] for line in cart["items"]] == [3]
    assert again.headers["etag"] == f'"{cart["version"]}"'


async def test_two_tabs_never_lose_each_others_adds(shop: Shop) -> None:
    """Adds at the same moment are all applied (rules.md 9)."""
    guest = await shop.guest_cart()

    answers = await asyncio.gather(*(shop.add(guest, "mug", 1) for _ in range(8)))

    assert [answer.status_code for answer in answers].count(201) == 1
    assert {answer.status_code for answer in answers} == {200, 201}
    assert await shop.lines(guest.headers) == {"mug": 8}

"""What cart's commands leave behind: late calls change nothing, and an order's stock is taken and given back once."""

import asyncio

import httpx
import pytest
from servicekit.ids import new_id

from .desk import Desk
from .test_internal_api import placement


class Buyer:
    """A cart of mugs, as the cart service speaks for it."""

    def __init__(self, desk: Desk, mug: str) -> None:
        self.desk, self.mug, self.cart = desk, mug, new_id()

    async def places(self, quantity: int, fence: int | None = None) -> httpx.Response:
        """Hold so many."""
        body = placement(self.cart, (self.mug, quantity), owner=str(self.cart), fence=fence)
        return await self.desk.service("POST", "/internal/holds", body)

    async def releases(self, fence: int) -> httpx.Response:
        """Give them back."""
        return await self.desk.service("DELETE", f"/internal/holds/by-cart/{self.cart}?fence={fence}")

    async def commits(self, quantity: int, fence: int, order_id: str = "A-1") -> httpx.Response:
        """Make so many an order's."""
        body = placement(self.cart, (self.mug, quantity), owner=str(self.cart), fence=fence, orderId=order_id)
        return await self.desk.service("POST", "/internal/holds/commit", body)

    async def reverts(self, fence: int, order_id: str = "A-1") -> httpx.Response:
        """Undo that."""
        body = {"orderId": order_id, "fence": fence}
        return await self.desk.service("POST", f"/internal/holds/by-cart/{self.cart}/revert", body)

    async def counts(self) -> tuple[int, int]:
        """On hand and held."""
        rows = (await self.desk.staff("GET", "/api/admin/stock")).json()["items"]
        (row,) = [row for row in rows if row["variantId"] == self.mug]
        return row["onHand"], row["held"]


@pytest.fixture
async def buyer(desk: Desk) -> Buyer:
    """Ten mugs in the shop, and a cart."""
    return Buyer(desk, (await desk.makes(f"mug-{new_id()}"))["variants"][0]["id"])


def ends(*answers: httpx.Response) -> list[tuple[int, str]]:
    """Status and code or state of each answer."""
    return [(answer.status_code, answer.json().get("code") or answer.json()["status"]) for answer in answers]


async def test_a_late_call_changes_nothing(buyer: Buyer) -> None:
    """What was sent before a newer call and arrives after it is refused, placements and releases alike."""
    newer = await buyer.places(3, fence=2)

    late = [await buyer.places(5, fence=1), await buyer.releases(fence=1), await buyer.commits(5, fence=1)]
    repeated = await buyer.places(3, fence=2)

    assert ends(newer, *late) == [(201, "ACTIVE"), *[(409, "FENCE_PASSED")] * 3]
    assert ends(repeated) == [(200, "ACTIVE")]
    assert await buyer.counts() == (10, 3)


async def test_a_refusal_keeps_its_fence_as_well(buyer: Buyer) -> None:
    """A call before the refused one is late, though the refused one left nothing else behind."""
    await buyer.places(3, fence=1)

    answers = [await buyer.places(11, fence=3), await buyer.places(5, fence=2)]

    assert ends(*answers) == [(409, "INVENTORY_HOLD_FAILED"), (409, "FENCE_PASSED")]
    assert await buyer.counts() == (10, 3)


async def test_a_caller_without_fences_is_served(buyer: Buyer) -> None:
    """An older cart service numbers nothing."""
    answers = [await buyer.places(3, fence=5), await buyer.places(4)]

    assert ends(*answers) == [(201, "ACTIVE"), (200, "ACTIVE")]
    assert await buyer.counts() == (10, 4)


async def test_a_commit_takes_the_stock_once(buyer: Buyer) -> None:
    """Ten at once and one later: one order's stock leaves the shelf."""
    await buyer.places(3, fence=1)

    answers = await asyncio.gather(*(buyer.commits(3, fence=2) for _ in range(10)))
    later = await buyer.commits(3, fence=3)

    assert ends(*answers, later) == [(200, "COMMITTED")] * 11
    assert await buyer.counts() == (7, 0)


async def test_a_commit_of_less_than_is_held_gives_the_rest_back(buyer: Buyer) -> None:
    """A part of the cart is ordered."""
    await buyer.places(5, fence=1)

    await buyer.commits(2, fence=2)

    assert await buyer.counts() == (8, 0)


async def test_a_commit_takes_the_stock_again_where_the_hold_is_over(buyer: Buyer) -> None:
    """Once, all or nothing (rules.md 20)."""
    other = Buyer(buyer.desk, buyer.mug)

    taken = await buyer.commits(4, fence=1)
    short = await other.commits(7, fence=1)

    assert ends(taken, short) == [(200, "COMMITTED"), (409, "INVENTORY_HOLD_FAILED")]
    assert short.json()["lines"][0]["available"] == 6
    assert await buyer.counts() == (6, 0)


async def test_a_committed_hold_is_not_released(buyer: Buyer) -> None:
    """What was sold stays sold."""
    await buyer.places(3, fence=1)
    await buyer.commits(3, fence=2)

    released = await buyer.releases(fence=3)

    assert ends(released) == [(200, "COMMITTED")]
    assert await buyer.counts() == (7, 0)


async def test_a_commit_is_undone_by_its_order(buyer: Buyer) -> None:
    """Once; another order's name, or a second time, changes nothing."""
    await buyer.places(3, fence=1)
    await buyer.commits(3, fence=2)

    other = await buyer.reverts(3, order_id="A-2")
    undone = [await buyer.reverts(3), await buyer.reverts(4)]
    late = await buyer.commits(3, fence=2)

    assert ends(other, *undone) == [(200, "COMMITTED"), (200, "RELEASED"), (200, "RELEASED")]
    assert ends(late) == [(409, "FENCE_PASSED")]
    assert await buyer.counts() == (10, 0)


async def test_an_order_may_be_made_again_after_it_was_undone(buyer: Buyer) -> None:
    """The order system tries once more, under the same name."""
    await buyer.commits(3, fence=1)
    await buyer.reverts(fence=2)

    again = await buyer.commits(3, fence=3)

    assert ends(again) == [(200, "COMMITTED")]
    assert await buyer.counts() == (7, 0)


async def test_an_order_that_is_tried_again_with_other_lines_takes_those(buyer: Buyer) -> None:
    """The answer was lost, the order system tries again with more, and with more than there is."""
    await buyer.commits(2, fence=1)

    again = await buyer.commits(5, fence=2)
    left = await buyer.counts()
    short = await buyer.commits(11, fence=3)

    assert ends(again, short) == [(200, "COMMITTED"), (409, "INVENTORY_HOLD_FAILED")]
    assert [line["quantity"] for line in again.json()["lines"]] == [5]
    assert left == await buyer.counts() == (5, 0)

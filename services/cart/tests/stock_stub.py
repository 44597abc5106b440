"""Inventory's holds in memory, on a real port: a test says what is granted, refused or left unanswered.

It keeps the contract that cart leans on: one hold of a cart, fences that only rise, a commit that is undone by its
order. The real service is held to the same in its own tests.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from servicekit.ids import new_id
from servicekit.testing.live import serving_here
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Fault = Literal["none", "refuse", "lose a race", "lost before", "lost after"]
"""Refused for good, or because others were at the same stock; or the answer is lost, and nothing or everything was
done over there."""


@dataclass
class StubHold:
    """What is held for one cart: quantities by variant."""

    hold_id: str
    status: str
    lines: dict[str, int]
    order_id: str | None = None


class Gate:
    """Holds every call back until it is opened."""

    def __init__(self) -> None:
        self.waiting = 0
        self._reached, self._opened = asyncio.Condition(), asyncio.Event()

    async def __call__(self) -> None:
        """Wait here, as a call."""
        async with self._reached:
            self.waiting += 1
            self._reached.notify_all()
        await self._opened.wait()

    async def reached(self, calls: int = 1) -> None:
        """Wait, as the test, until so many calls are held back."""
        async with self._reached:
            await asyncio.wait_for(self._reached.wait_for(lambda: self.waiting >= calls), 30)

    def open(self) -> None:
        """Let all go on, and those that come."""
        self._opened.set()


@dataclass
class StockStub:
    """Every cart's holds. `during` runs while a call is being answered; `faults` are the ends of the next calls."""

    url: str = ""
    holds: dict[str, StubHold] = field(default_factory=dict)
    fences: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    during: Callable[[], Awaitable[None]] | None = None

    def reset(self) -> None:
        """Forget what was called, and grant everything."""
        self.calls.clear()
        self.faults.clear()
        self.during = None

    def held(self, cart_id: str) -> dict[str, int]:
        """What is held for this cart now, by variant."""
        hold = self.holds.get(cart_id)
        return dict(hold.lines) if hold is not None and hold.status == "ACTIVE" else {}

    async def place(self, request: Request) -> Response:
        """POST /internal/holds."""
        body = await request.json()
        return await self._answer("place", body["cartId"], body, lambda: self._place(body["cartId"], summed(body)))

    async def release(self, request: Request) -> Response:
        """DELETE /internal/holds/by-cart/{id}."""
        cart_id = request.path_params["cart_id"]
        return await self._answer("release", cart_id, request.query_params, lambda: self._release(cart_id))

    async def read(self, request: Request) -> Response:
        """GET /internal/holds/by-cart/{id}."""
        return JSONResponse(self._state(request.path_params["cart_id"]))

    async def commit(self, request: Request) -> Response:
        """POST /internal/holds/commit."""
        body = await request.json()
        cart_id = body["cartId"]
        return await self._answer("commit", cart_id, body, lambda: self._commit(cart_id, body["orderId"], summed(body)))

    async def revert(self, request: Request) -> Response:
        """POST /internal/holds/by-cart/{id}/revert."""
        cart_id, body = request.path_params["cart_id"], await request.json()
        return await self._answer("revert", cart_id, body, lambda: self._revert(cart_id, body["orderId"]))

    async def _answer(self, name: str, cart_id: str, sent: Any, effect: Callable[[], None]) -> Response:
        self.calls.append(name)
        if self.during is not None:
            await self.during()
        fault = self.faults.popleft() if self.faults else "none"
        fence = int(sent.get("fence") or 0)
        if fault == "lost before":
            return Response(status_code=503)
        if fault == "lose a race":
            return JSONResponse({"code": "CONFLICT"}, status_code=409)
        if fence < self.fences.get(cart_id, 0):
            return JSONResponse({"code": "FENCE_PASSED"}, status_code=409)
        self.fences[cart_id] = fence
        if fault == "refuse":
            lines = [{"sku": "mug", "requested": 2, "available": 1}]
            return JSONResponse({"code": "INVENTORY_HOLD_FAILED", "lines": lines}, status_code=409)
        effect()
        return Response(status_code=503) if fault == "lost after" else JSONResponse(self._state(cart_id))

    def _place(self, cart_id: str, lines: dict[str, int]) -> None:
        hold = self.holds.get(cart_id)
        if hold is None or hold.status != "ACTIVE":
            hold = self.holds[cart_id] = StubHold(str(new_id()), "ACTIVE", {})
        hold.lines = lines

    def _release(self, cart_id: str) -> None:
        hold = self.holds.get(cart_id)
        if hold is not None and hold.status == "ACTIVE":
            hold.status = "RELEASED"

    def _commit(self, cart_id: str, order_id: str, lines: dict[str, int]) -> None:
        hold = self.holds.get(cart_id)
        if hold is None or (hold.status, hold.order_id) != ("COMMITTED", order_id):
            self._place(cart_id, lines)
            self.holds[cart_id].status, self.holds[cart_id].order_id = "COMMITTED", order_id

    def _revert(self, cart_id: str, order_id: str) -> None:
        hold = self.holds.get(cart_id)
        if hold is not None and (hold.status, hold.order_id) == ("COMMITTED", order_id):
            hold.status = "RELEASED"

    def _state(self, cart_id: str) -> dict[str, Any]:
        hold = self.holds.get(cart_id)
        if hold is None:
            return {"status": "NONE"}
        lines = [{"variantId": it, "sku": it[:8], "quantity": quantity} for it, quantity in hold.lines.items()]
        expires_at = (datetime.now(UTC) + timedelta(minutes=15)).isoformat()
        state = {"holdId": hold.hold_id, "status": hold.status, "expiresAt": expires_at}
        return {**state, "secondsLeft": 900, "lines": lines}


def summed(body: dict[str, Any]) -> dict[str, int]:
    """Quantities by variant."""
    lines: dict[str, int] = {}
    for line in body["lines"]:
        lines[line["variantId"]] = lines.get(line["variantId"], 0) + line["quantity"]
    return lines


@asynccontextmanager
async def serving_stock() -> AsyncGenerator[StockStub]:
    """The stub on a port of its own, in the test's own loop."""
    stub, by_cart = StockStub(), "/internal/holds/by-cart/{cart_id}"
    app = Starlette(
        routes=[
            Route("/internal/holds", stub.place, methods=["POST"]),
            Route(by_cart, stub.read, methods=["GET"]),
            Route(by_cart, stub.release, methods=["DELETE"]),
            Route("/internal/holds/commit", stub.commit, methods=["POST"]),
            Route(f"{by_cart}/revert", stub.revert, methods=["POST"]),
        ]
    )
    async with serving_here(app) as stub.url:
        yield stub

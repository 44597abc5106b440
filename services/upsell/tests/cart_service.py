"""A cart service with just what upsell calls of one, over real HTTP, that checks the caller as the real one does."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

import orjson
from contracts.cart import CartTotals, FullLine
from contracts.cart_calls import AddRecommended, AuthorizeShopper, CartSnapshot
from servicekit.auth.service_tokens import ServiceTokens
from servicekit.ids import new_id
from servicekit.testing.live import serving
from servicekit.testing.settings import SERVICE_TOKEN_SECRET
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Owner = tuple[UUID, str]
"""A company, and a customer's id or the hash of a session."""


@dataclass
class CartService:
    """Carts by their owner; `refusals` are problem documents by the product that may not be added.

    `lost` are products that are added without the answer arriving, once each. While `answers` is not set, nobody who
    adds is answered; `waiting` then says that somebody is.
    """

    carts: dict[Owner, CartSnapshot] = field(default_factory=dict)
    added: list[tuple[UUID, AddRecommended]] = field(default_factory=list)
    refusals: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    lost: set[UUID] = field(default_factory=set)
    answers: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    _kept: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.answers.set()

    @contextmanager
    def running(self) -> Generator[Self]:
        """Answer until the block ends."""
        routes = [
            Route("/internal/carts/authorize", self._authorize, methods=["POST"]),
            Route("/internal/carts/{cart_id:uuid}/items", self._add, methods=["POST"]),
        ]
        with serving(Starlette(routes=routes)) as self.url:
            yield self

    def opens(self, owner: Owner, *products: UUID, currency: str = "EUR", version: int = 1) -> CartSnapshot:
        """Give an owner a cart with these products, or replace the one there is."""
        before = self.carts.get(owner)
        cart = CartSnapshot(
            cart_id=before.cart_id if before else new_id(),
            site_id=before.site_id if before else new_id(),
            customer_id=None,
            status="ACTIVE",
            version=version,
            currency=currency,
            abandonment_id=None,
            last_activity_at=datetime.now(UTC),
            lines=tuple(_line(product) for product in products),
            totals=CartTotals(
                item_count=len(products), subtotal=0, discount_total=0, shipping_total=0, tax_total=0, total=0
            ),
        )
        self.carts[owner] = cart
        return cart

    async def _authorize(self, request: Request) -> Response:
        requested = AuthorizeShopper.model_validate_json(await request.body())
        cart = self.carts.get((_company(request), requested.customer_id or requested.session_hash or ""))
        if cart is None:
            return _problem(404, "CART_NOT_FOUND")
        return Response(cart.model_dump_json(by_alias=True), media_type="application/json")

    async def _add(self, request: Request) -> Response:
        _company(request)
        wanted = AddRecommended.model_validate_json(await request.body())
        key = request.headers.get("idempotency-key", "")
        if wanted.product_id in self.refusals:
            return Response(orjson.dumps(self.refusals[wanted.product_id]), self.refusals[wanted.product_id]["status"])
        if key not in self._kept:
            self.added.append((request.path_params["cart_id"], wanted))
        body = {"id": str(request.path_params["cart_id"]), "items": [{"productId": str(wanted.product_id)}]}
        answer = self._kept.get(key, orjson.dumps(body))
        if key:
            self._kept[key] = answer
        if wanted.product_id in self.lost:
            self.lost.remove(wanted.product_id)
            return Response(status_code=500)
        self.waiting.set()
        await asyncio.to_thread(self.answers.wait, 10)
        return Response(answer, 201)


def _company(request: Request) -> UUID:
    """Who the calling service acts for; raises when its token is not good."""
    token = request.headers["authorization"].removeprefix("Bearer ")
    assert ServiceTokens(SERVICE_TOKEN_SECRET).verify(token).service == "upsell"
    return UUID(request.headers["x-company-id"])


def _problem(status: int, code: str) -> Response:
    body = {"status": status, "code": code, "detail": "No.", "action": "None."}
    return Response(orjson.dumps(body), status, media_type="application/problem+json")


def _line(product: UUID) -> FullLine:
    return FullLine(
        line_id=new_id(),
        product_id=product,
        variant_id=new_id(),
        quantity=1,
        unit_price=100,
        line_discount=0,
        line_total=100,
        sku="sku",
        title="title",
    )

"""The cart service as recovery meets it: a real HTTP server whose carts and failures a test sets."""

import asyncio
import socket
from contextlib import suppress
from typing import Self
from uuid import UUID

import uvicorn
from contracts.cart_calls import CartRestored, CartSnapshot
from servicekit.ids import new_token
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class CartServer:
    """Answers GET /internal/carts/{id} and POST …/restore. `away` makes it answer as a service that is broken."""

    def __init__(self) -> None:
        self.snapshots: dict[UUID, CartSnapshot] = {}
        self.refusals: dict[UUID, tuple[int, str]] = {}
        self.restored: list[tuple[UUID, UUID]] = []
        self.changes: dict[UUID, list[dict[str, object]]] = {}
        self.away = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> Self:
        routes = [
            Route("/internal/carts/{id:uuid}", self._snapshot),
            Route("/internal/carts/{id:uuid}/restore", self._restore, methods=["POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        with suppress(asyncio.CancelledError):
            await self._task

    async def _snapshot(self, request: Request) -> Response:
        cart = self.snapshots.get(request.path_params["id"])
        if self.away:
            return Response(status_code=500)
        if cart is None:
            return JSONResponse({"code": "CART_NOT_FOUND", "status": 404}, 404)
        return Response(cart.model_dump_json(by_alias=True), media_type="application/json")

    async def _restore(self, request: Request) -> Response:
        cart_id: UUID = request.path_params["id"]
        if self.away:
            return Response(status_code=500)
        if cart_id in self.refusals:
            status, code = self.refusals[cart_id]
            return JSONResponse({"code": code, "status": status}, status)
        body = await request.json()
        self.restored.append((cart_id, UUID(body["abandonmentId"])))
        answer = CartRestored.model_validate(
            {
                "cartId": cart_id,
                "sessionToken": new_token(),
                "cart": {"id": str(cart_id), "status": "ACTIVE"},
                "changes": self.changes.get(cart_id, []),
            }
        )
        return Response(answer.model_dump_json(by_alias=True), media_type="application/json")

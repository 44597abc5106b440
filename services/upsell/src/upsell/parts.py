"""What a process of the service is wired of, and how its routes reach it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from servicekit.process.kit import Kit, kit_of
from servicekit.upstream.client import InternalClient
from starlette.requests import Request

from upsell.clients import Carts
from upsell.settings import UpsellSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process keeps open."""

    carts: Carts


UpsellKit = Kit[UpsellSettings, Parts]
"""The kit of a process of this service."""


@asynccontextmanager
async def open_parts(kit: Kit[UpsellSettings, None]) -> AsyncGenerator[Parts]:
    """Open the client of the cart service, and close it when the process ends."""
    settings = kit.settings
    client = InternalClient(settings.cart_url, "upsell", settings, timeout=settings.upsell_cart_timeout_seconds)
    try:
        yield Parts(Carts(client))
    finally:
        await client.close()


async def carts_of(request: Request) -> Carts:
    """The cart service, as the process that serves this request calls it."""
    kit: UpsellKit = kit_of(request)
    return kit.parts.carts


CartsDep = Annotated[Carts, Depends(carts_of)]

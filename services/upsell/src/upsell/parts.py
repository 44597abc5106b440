"""What a process of the service is wired of, and how its routes reach it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from servicekit.process.kit import Kit, kit_of
from servicekit.upstream.client import InternalClient
from starlette.requests import Request

from upsell.clients import Carts
from upsell.settings import UpsellSettings


@asynccontextmanager
async def wire(kit: Kit) -> AsyncGenerator[None]:
    """Open the client of the cart service, and close it when the process ends."""
    settings = kit.settings
    if not isinstance(settings, UpsellSettings):
        raise TypeError("the upsell service runs with its own settings")
    client = InternalClient(settings.cart_url, "upsell", settings, timeout=settings.upsell_cart_timeout_seconds)
    kit.own["carts"] = Carts(client)
    try:
        yield
    finally:
        await client.close()


async def carts_of(request: Request) -> Carts:
    """The cart service, as the process that serves this request asks it."""
    carts: Carts = kit_of(request).own["carts"]
    return carts


CartsDep = Annotated[Carts, Depends(carts_of)]

"""The use cases of the service, wired once per process and reached by its routes and jobs."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from servicekit.process.kit import Kit, kit_of
from servicekit.upstream.client import InternalClient
from starlette.requests import Request

from cart.carts.changing import Changer
from cart.carts.opening import Opening
from cart.carts.ordering import Ordering
from cart.carts.restoring import Restoring
from cart.carts.rulebook import RuleBook
from cart.carts.service import Shopping
from cart.carts.sign_in import Merging
from cart.carts.viewing import ViewRecorder
from cart.clients import Addresses, Catalogue, Codes, StockHolds
from cart.holds.service import Holding
from cart.settings import CartSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """Every use case, with what it works through."""

    opening: Opening
    shopping: Shopping
    merging: Merging
    ordering: Ordering
    restoring: Restoring
    views: ViewRecorder
    holding: Holding
    addresses: Addresses
    rules: RuleBook
    settings: CartSettings


@asynccontextmanager
async def wire(kit: Kit) -> AsyncGenerator[Parts]:
    """Make the parts of a process, and close what they opened when it ends."""
    settings = kit.settings
    if not isinstance(settings, CartSettings):
        raise TypeError("the cart service runs with CartSettings")
    timeout = settings.internal_timeout_seconds
    async with (
        _client(InternalClient(settings.pricing_url, "cart", settings, timeout)) as pricing,
        _client(InternalClient(settings.inventory_url, "cart", settings, timeout)) as inventory,
        ViewRecorder(kit.database) as views,
    ):
        holds = StockHolds(inventory)
        rules = RuleBook()
        changer = Changer(rules, holds)
        lifetime = timedelta(hours=settings.code_lifetime_hours)
        yield Parts(
            opening=Opening(rules),
            shopping=Shopping(changer, Catalogue(inventory), Codes(pricing), lifetime),
            merging=Merging(changer),
            ordering=Ordering(changer),
            restoring=Restoring(changer),
            views=views,
            holding=Holding(holds),
            addresses=Addresses(pricing),
            rules=rules,
            settings=settings,
        )


@asynccontextmanager
async def _client(client: InternalClient) -> AsyncGenerator[InternalClient]:
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def wire_into(kit: Kit) -> AsyncGenerator[None]:
    """Make the parts and keep them in the kit, where `parts_of` finds them."""
    async with wire(kit) as parts:
        kit.own["parts"] = parts
        yield


async def parts_of(request: Request) -> Parts:
    """The parts of the process that serves this request."""
    parts: Parts = kit_of(request).own["parts"]
    return parts


PartsDep = Annotated[Parts, Depends(parts_of)]

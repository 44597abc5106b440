"""Holds while a catalogue is imported: what shoppers notice of it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import uuid_utils.compat as ids
from cartwheel_client import Cartwheel, every
from simulator.merchant import Merchant
from simulator.tokens import Tokens

from bench.load.open import open_loop
from bench.load.requests import request
from bench.session import Session

ALONE: Final = "holds alone"
BESIDE: Final = "holds beside an import"
PRODUCTS: Final = 20_000
SHELF: Final = 50
"""Products that holds are spread over, as a shop's are."""
HELD, IMPORTED = "held", "imported"
_PATIENCE_SECONDS: Final = 600


async def holds_beside_an_import(session: Session) -> None:
    """Holds arriving at a steady rate, alone and then while 20,000 products of the same company come in."""
    await _import(session, _products(SHELF, HELD))
    await _holds(session, ALONE)
    importing = asyncio.create_task(_import(session, _products(PRODUCTS, IMPORTED)))
    try:
        await _holds(session, BESIDE)
        still = "was still under way" if not importing.done() else "had ended"
        await importing
    finally:
        importing.cancel()
    session.report.notes.append(f"The import of {PRODUCTS:,} products {still} when the last hold was placed.")


async def _holds(session: Session, where: str) -> None:
    plan, stack = session.plan, session.stack
    requests = await _requests(session, plan.hold_rate * plan.hold_seconds)
    address, pid = stack.addresses.services["inventory"], stack.pids()["inventory-api"]
    load = open_loop(address, session.write(requests), rate=plan.hold_rate, seconds=plan.hold_seconds)
    await session.measure(where, "place hold", f"open, {plan.hold_rate}/s", load, api=[pid])


async def _requests(session: Session, count: int) -> list[bytes]:
    """So many holds of one piece, each for a cart and an owner of its own, spread over the shelf."""
    tokens = Tokens(session.stack.secrets.jwt_secret, session.stack.secrets.service_token_secret)
    async with Cartwheel(session.stack.gateway_url, session.shop.company_id) as cartwheel:
        staff = cartwheel.staff(tokens.admin(session.shop.company_id))
        found = [variant async for variant in every(staff.catalogue.list_variants)]
    variants = [str(variant.id) for variant in found if variant.sku.startswith(HELD)]
    headers = {
        "authorization": f"Bearer {tokens.service('cart')}",
        "x-company-id": str(session.shop.company_id),
    }
    bodies = [_hold(session, variants[number % len(variants)]) for number in range(count)]
    return [request("POST", "/internal/holds", headers, body) for body in bodies]


def _hold(session: Session, variant: str) -> Mapping[str, Any]:
    cart, site = str(ids.uuid7()), str(session.shop.site_id)
    lines = [{"variantId": variant, "quantity": 1}]
    return {"cartId": cart, "siteId": site, "owner": f"owner of {cart}", "lines": lines}


async def _import(session: Session, products: Iterable[Mapping[str, Any]]) -> None:
    """Import products through the gateway."""
    tokens = Tokens(session.stack.secrets.jwt_secret, session.stack.secrets.service_token_secret)
    async with Cartwheel(session.stack.gateway_url, session.shop.company_id, timeout=_PATIENCE_SECONDS) as cartwheel:
        await Merchant(cartwheel, tokens).import_products(products)


def _products(count: int, name: str) -> Iterator[Mapping[str, Any]]:
    for number in range(count):
        variant = {"sku": f"{name}-{number}", "prices": {"USD": 1_000 + number % 500}, "stock": 1_000_000}
        yield {"sku": f"{name}-{number}", "title": f"{name} {number}", "categories": ["new"], "variants": [variant]}

"""A shop whose pricing has taxes and ways to ship for some places."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from cart.main import create_app
from cart.settings import CartSettings
from contracts.ruleset import ShippingRule, TaxRate, TaxType
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import client_of
from servicekit.testing.live import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...shop import Guest, Shop, Shopper

POST = ShippingRule(id=new_id(), name="Post", amounts={"USD": 500}, estimated_days=4)
COURIER = ShippingRule(id=new_id(), name="Courier", amounts={"USD": 1500}, estimated_days=1)
BOAT = ShippingRule(id=new_id(), name="Boat", amounts={"USD": 900})


def tax(country: str, rate_ppm: int) -> TaxRate:
    """A general rate of a country."""
    return TaxRate(id=new_id(), name="Tax", type=TaxType.VAT, country=country, rate_ppm=rate_ppm)


@dataclass
class Pricing:
    """What pricing answers for an address, by country, and which addresses it was asked about."""

    rates: dict[str, TaxRate] = field(
        default_factory=lambda: {"US": tax("US", 100_000), "FR": tax("FR", 200_000), "MT": tax("MT", 0)}
    )
    ways: dict[str, tuple[ShippingRule, ...]] = field(
        default_factory=lambda: {"US": (POST, COURIER), "FR": (POST, COURIER), "MT": (BOAT,)}
    )
    is_away: bool = False
    requested: list[dict[str, Any]] = field(default_factory=list)

    async def resolve(self, request: Request) -> Response:
        """POST /internal/addresses/resolve."""
        address = await request.json()
        self.requested.append(address)
        if self.is_away:
            return JSONResponse({}, status_code=503)
        country = address["country"]
        answer = {
            "taxRates": [self.rates[country].model_dump(mode="json", by_alias=True)],
            "shippingRules": [way.model_dump(mode="json", by_alias=True) for way in self.ways[country]],
            "taxInclusive": False,
        }
        return JSONResponse(answer)


@pytest.fixture
def pricing() -> Pricing:
    """A pricing service that ships to three countries."""
    return Pricing()


@pytest.fixture
def pricing_url(pricing: Pricing) -> Generator[str]:
    """Where it answers."""
    with serving(Starlette(routes=[Route("/internal/addresses/resolve", pricing.resolve, methods=["POST"])])) as url:
        yield url


@pytest.fixture
async def shop(settings: CartSettings, pricing_url: str, database: Database) -> AsyncGenerator[Shop]:
    """A shop whose cart service has this pricing."""
    async with client_of(create_app(settings.model_copy(update={"pricing_url": pricing_url}))) as client:
        yield await Shop.open(client, database)


async def ship_to(shop: Shop, shopper: Shopper, country: str, **fields: str) -> httpx.Response:
    """Set where the shopper's cart goes."""
    body = {"country": country, **fields}
    return await shop.client.put(f"{shopper.path}/address", json=body, headers=shopper.headers)


async def choose(shop: Shop, shopper: Shopper, way: ShippingRule) -> httpx.Response:
    """Choose how it is shipped."""
    return await shop.client.put(f"{shopper.path}/shipping-option", json={"id": str(way.id)}, headers=shopper.headers)


async def forget(shop: Shop, guest: Guest, what: str) -> dict[str, Any]:
    """Take the address or the shipping option off the cart."""
    answer = await shop.client.delete(f"{guest.path}/{what}", headers=guest.headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())

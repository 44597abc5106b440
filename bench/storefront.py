"""A storefront's catalogue, read by many shoppers at once."""

from typing import Final

from cartwheel_client import Cartwheel
from simulator.merchant import Merchant
from simulator.tokens import Tokens

from bench.load.requests import request
from bench.session import Session

WHERE: Final = "storefront"
PRODUCTS: Final = 1_000
PAGE: Final = 24
"""Products that a page of a shop shows."""
KINDS: Final = ("oak", "steel", "glass", "linen")
CONNECTIONS: Final = (16, 100)


async def storefront(session: Session) -> None:
    """Pages, searches, categories and single products of a catalogue of 1,000, from inventory's api itself."""
    tokens = Tokens(session.stack.secrets.jwt_secret, session.stack.secrets.service_token_secret)
    async with Cartwheel(session.stack.gateway_url, session.shop.company_id, timeout=600) as cartwheel:
        await Merchant(cartwheel, tokens).import_products([_product(number) for number in range(PRODUCTS)])
    address, pid = session.stack.addresses.services["inventory"], session.stack.pids()["inventory-api"]
    for connections in CONNECTIONS:
        await session.closed(WHERE, "read catalogue", connections, address, _requests(session), api=[pid])


def _product(number: int) -> dict[str, object]:
    kind = KINDS[number % len(KINDS)]
    variant = {"sku": f"shown-{number}", "prices": {"USD": 1_000 + number}, "stock": 100}
    return {"sku": f"shown-{number}", "title": f"{kind} bowl {number}", "categories": [kind], "variants": [variant]}


def _requests(session: Session) -> list[bytes]:
    """A shop's front page most often; then categories, searches, and a hundred products."""
    catalogue, currency = "/api/catalogue", "currency=USD"
    page = f"{catalogue}/products?{currency}&limit={PAGE}"
    paths = [page] * 4 + [f"{catalogue}/categories"]
    paths += [f"{page}&category={kind}" for kind in KINDS] + [f"{page}&q={kind}%20bo" for kind in KINDS]
    products = [f"{catalogue}/products/{KINDS[number % len(KINDS)]}-bowl-{number}?{currency}" for number in range(100)]
    company = {"x-company-id": str(session.shop.company_id)}
    return [
        request("GET", path, company)
        for number in range(100)
        for path in (paths[number % len(paths)], products[number])
    ]

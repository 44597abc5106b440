"""Pictures of products, drawn by code: a shape for the category in the product's colour, as SVG."""

from collections.abc import Callable
from html import escape
from typing import Final

import httpx
from localservers.concurrency import at_once

from simulator.catalogue.products import Product
from simulator.catalogue.words import COLOURS
from simulator.errors import PictureRefused

BUCKET: Final = "product-pictures"
_AT_ONCE: Final = 8
_PUBLIC_PICTURE: Final = {"content-type": "image/svg+xml", "x-amz-acl": "public-read"}
_SHAPES: Final = {
    "kitchen": '<path d="M100 110h170v150q0 40-40 40h-90q-40 0-40-40z"/><path d="M270 150q60 0 60 45t-60 45"{line}/>',
    "cookware": '<path d="M80 170h190v70q0 50-50 50h-90q-50 0-50-50z"/><path d="M270 185h90v22h-90z"/>',
    "textiles": '<path d="M90 100h220v200h-220z"/><path d="M90 140h220M90 180h220M90 220h220M90 260h220"{line}/>',
    "bedding": '<rect x="70" y="130" width="260" height="150" rx="36"/><path d="M110 165q90 40 180 0"{line}/>',
    "tops": '<path d="M140 100l-70 50 30 50 30-20v130h140v-130l30 20 30-50-70-50q-60 50-120 0z"/>',
    "outerwear": '<path d="M150 80l-70 50v160h50v40h140v-40h50v-160l-70-50z"/><path d="M200 99v231"{line}/>',
    "trousers": '<path d="M130 90h140l20 230h-60l-30-150-30 150h-60z"/>',
    "bags": '<path d="M90 170h220l-20 150h-180z"/><path d="M140 170q0-80 60-80t60 80"{line}/>',
    "lighting": '<path d="M150 90h100l50 120h-200z"/><path d="M200 210v100M150 310h100"{line}/>',
    "garden": '<path d="M110 190h180l-25 130h-130z"/><path d="M200 190q-60-20-50-90 60 10 50 90 0-80 60-90"{line}/>',
    "paper": '<rect x="110" y="80" width="180" height="240" rx="8"/><path d="M140 140h120M140 180h80"{line}/>',
    "care": '<rect x="120" y="150" width="160" height="150" rx="24"/><path d="M170 150v-40h60v40"{line}/>',
}
_LINE: Final = ' fill="none" stroke="#0006" stroke-width="10" stroke-linecap="round"'


def draw(product: Product) -> str:
    """The product's picture, 400 by 400, with its title for who cannot see it."""
    shape = _SHAPES[product.category].replace("{line}", _LINE)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">'
        f"<title>{escape(product.title)}</title>"
        f'<rect width="400" height="400" fill="#f6f4ef"/><g fill="{COLOURS[product.colour]}" stroke="#0003"'
        f' stroke-width="4">{shape}</g></svg>'
    )


async def hang_pictures(aws_url: str, products: tuple[Product, ...], advance: Callable[[int], None]) -> str:
    """Put every picture into the stack's S3 and return the address below which browsers and mails find them.

    Idempotent; `advance` is called for each picture that is there. Raises PictureRefused when one is not taken.
    """
    waiting = iter(products)
    async with httpx.AsyncClient(base_url=aws_url, timeout=30) as client:
        await _put(client, f"/{BUCKET}", "")

        async def work() -> None:
            for product in waiting:
                await _put(client, f"/{BUCKET}/{product.handle}.svg", draw(product))
                advance(1)

        async with at_once() as group:
            for _ in range(_AT_ONCE):
                group.create_task(work())
    return f"{aws_url}/{BUCKET}"


async def _put(client: httpx.AsyncClient, path: str, content: str) -> None:
    response = await client.put(path, content=content.encode(), headers=_PUBLIC_PICTURE)
    if not response.is_success:
        raise PictureRefused(f"PUT {path} was answered {response.status_code}: {response.text[:200]}")

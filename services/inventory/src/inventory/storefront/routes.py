"""The public routes of the catalogue, which a storefront reads (api.md)."""

from collections.abc import Hashable
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from contracts.money import CurrencyCode
from fastapi import APIRouter, Query
from servicekit.errors import problems
from servicekit.http.free_text import FREE_TEXT
from servicekit.http.paging import CursorText, Limit, Page, after_id
from servicekit.routes.callers import GuestOrNone
from servicekit.routes.direct import DirectRoute
from starlette.requests import Request
from starlette.responses import Response

from inventory.errors import ProductNotFound, SiteNotFound
from inventory.parts import AnswersDep
from inventory.storefront.domain import Listing
from inventory.storefront.schemas import CategoriesView, StorefrontProduct
from inventory.storefront.use_cases.keep_answers import KeptAnswer, KeptAnswers, Make
from inventory.storefront.use_cases.show_catalogue import show_categories, show_product, show_products

router = APIRouter(prefix="/api/catalogue", tags=["storefront"], route_class=DirectRoute)

CACHE_CONTROL = "max-age=60"
VARY = "x-company-id"
"""The company is no part of the address: what stands between must not give one shop's answer to another's shopper."""

SiteId = Annotated[UUID | None, Query(alias="siteId", description="The site; else the company's first.")]
Currency = Annotated[CurrencyCode | None, Query(description="Another currency than the site's.")]
Words = Annotated[
    str | None, Query(max_length=200, pattern=FREE_TEXT, description="Beginnings of words, all of which a product has.")
]
Category = Annotated[str | None, Query(max_length=100, pattern=FREE_TEXT)]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "It is as If-None-Match has it."}}


@router.get("/products", response_model=Page[StorefrontProduct], responses={**problems(SiteNotFound), **NOT_MODIFIED})
async def list_products(
    *,
    request: Request,
    caller: GuestOrNone,
    answers: AnswersDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    q: Words = None,
    category: Category = None,
    site_id: SiteId = None,
    currency: Currency = None,
) -> Response:
    """The products on sale with their variants, the oldest first; prices and stock may be some seconds old."""
    wanted = Listing(currency, after_id(cursor), limit, q, category)
    make = partial(show_products, site_id=site_id, wanted=wanted)
    return await _answer(request, answers, caller.company_id, (site_id, wanted), make)


@router.get(
    "/products/{slug}",
    response_model=StorefrontProduct,
    responses={**problems(ProductNotFound, SiteNotFound), **NOT_MODIFIED},
)
async def read_product(
    slug: str,
    request: Request,
    caller: GuestOrNone,
    answers: AnswersDep,
    site_id: SiteId = None,
    currency: Currency = None,
) -> Response:
    """One product on sale, by its slug."""
    make = partial(show_product, site_id=site_id, currency=currency, slug=slug)
    return await _answer(request, answers, caller.company_id, (site_id, currency, slug), make)


@router.get("/categories", response_model=CategoriesView, responses=NOT_MODIFIED)
async def list_categories(request: Request, caller: GuestOrNone, answers: AnswersDep) -> Response:
    """The categories of what is on sale, by name, with how many products each has."""
    return await _answer(request, answers, caller.company_id, "categories", show_categories)


async def _answer(request: Request, answers: KeptAnswers, company_id: UUID, question: Hashable, make: Make) -> Response:
    kept = await answers.get(company_id, question, make)
    headers = {"etag": kept.tag, "cache-control": CACHE_CONTROL, "vary": VARY}
    if _is_known(request, kept):
        return Response(status_code=304, headers=headers)
    return Response(kept.body, headers=headers, media_type="application/json")


def _is_known(request: Request, kept: KeptAnswer) -> bool:
    """Whether the caller has this answer already; a proxy that compresses answers weakens their tags."""
    tags = request.headers.get("if-none-match")
    return tags is not None and any(tag.strip().removeprefix("W/") in (kept.tag, "*") for tag in tags.split(","))

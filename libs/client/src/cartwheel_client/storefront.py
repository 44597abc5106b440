"""What a storefront shows to anybody: products on sale, and carts that are shared by a link."""

from dataclasses import dataclass
from uuid import UUID

from cartwheel_client.connection import Connection
from cartwheel_client.models.cart import SharedCartView
from cartwheel_client.models.inventory import CategoriesView, StorefrontProduct, StorefrontProductPage

_PATH = "/api/catalogue"


@dataclass(frozen=True, slots=True)
class Storefront:
    """The public catalogue of a company; prices are in a site's currency unless another is named."""

    connection: Connection

    async def list_products(
        self,
        *,
        q: str | None = None,
        category: str | None = None,
        site_id: UUID | None = None,
        currency: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> StorefrontProductPage:
        """A page of products; `q` is beginnings of words, all of which a product has."""
        filters = {"q": q, "category": category, "siteId": site_id, "currency": currency}
        return await self.connection.read(
            StorefrontProductPage, f"{_PATH}/products", **filters, limit=limit, cursor=cursor
        )

    async def read_product(
        self, slug: str, *, site_id: UUID | None = None, currency: str | None = None
    ) -> StorefrontProduct:
        """One product; NotFound when it is not on sale, or not in the currency."""
        return await self.connection.read(
            StorefrontProduct, f"{_PATH}/products/{slug}", siteId=site_id, currency=currency
        )

    async def shared_cart(self, token: str) -> SharedCartView:
        """What a shared cart has now, at the catalogue's prices; NotFound for a link that shows nothing any more."""
        return await self.connection.read(SharedCartView, f"/api/shared-carts/{token}")

    async def categories(self) -> CategoriesView:
        """The categories, by name, with how many products each has."""
        return await self.connection.read(CategoriesView, f"{_PATH}/categories")

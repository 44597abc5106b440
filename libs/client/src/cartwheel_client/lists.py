"""A shopper's wishlist and comparison, and those that somebody has shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, Connection, given
from cartwheel_client.models.cart import (
    AddWish,
    ChangeWish,
    CompareItem,
    ComparisonView,
    CopiedWishlistView,
    NewLinkView,
    SharedComparisonView,
    SharedWishlistView,
    ShareList,
    WishlistView,
)


@dataclass(frozen=True, slots=True)
class Wishlist:
    """What a shopper wishes for, in their order; every change answers the whole list with its new `version`."""

    connection: Connection

    async def read(self) -> WishlistView:
        """The list with prices and stock of now; an empty one for who has none."""
        return await self.connection.read(WishlistView, "/api/wishlist")

    async def add(
        self,
        product_id: UUID,
        *,
        variant_id: UUID | None = None,
        quantity: int | None = None,
        note: str | None = None,
        options: Mapping[str, str] | None = None,
        **conditions: Unpack[Conditions],
    ) -> WishlistView:
        """Wish for a product; what is on the list stays as it is. Raises Conflict (WISHLIST_FULL)."""
        wish = given(
            AddWish, product_id=product_id, variant_id=variant_id, quantity=quantity, note=note, options=options
        )
        return await self._change("POST", "/items", wish, conditions)

    async def change(
        self,
        item_id: UUID,
        *,
        quantity: int | None = None,
        note: str | None = None,
        priority: int | None = None,
        **conditions: Unpack[Conditions],
    ) -> WishlistView:
        """Change a wish; `priority` is its place, 1 the first, and an empty note takes it off."""
        patch = given(ChangeWish, quantity=quantity, note=note, priority=priority)
        return await self._change("PATCH", f"/items/{item_id}", patch, conditions)

    async def remove(self, item_id: UUID, **conditions: Unpack[Conditions]) -> WishlistView:
        """Take a wish off."""
        return await self._change("DELETE", f"/items/{item_id}", None, conditions)

    async def share(self, *, days: int | None = None, **conditions: Unpack[Conditions]) -> NewLinkView:
        """Make a link that opens the list, whose token is answered this once; an earlier link ends."""
        body = given(ShareList, days=days)
        return await self.connection.change(NewLinkView, "POST", "/api/wishlist/share", body, conditions=conditions)

    async def unshare(self, **conditions: Unpack[Conditions]) -> WishlistView:
        """Let no link open the list any more."""
        return await self._change("DELETE", "/share", None, conditions)

    async def copy_shared(self, token: str, **conditions: Unpack[Conditions]) -> CopiedWishlistView:
        """Put all of a shared list on this one; `copy_changes` says what could not be. Raises NotFound."""
        path = f"/api/wishlists/shared/{token}/copy"
        return await self.connection.change(CopiedWishlistView, "POST", path, conditions=conditions)

    async def _change(
        self, method: str, path: str, body: AddWish | ChangeWish | None, conditions: Conditions
    ) -> WishlistView:
        return await self.connection.change(WishlistView, method, f"/api/wishlist{path}", body, conditions=conditions)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a shopper compares; every change answers the whole comparison with its new `version`."""

    connection: Connection

    async def read(self) -> ComparisonView:
        """The products side by side, with their attributes, prices and stock of now."""
        return await self.connection.read(ComparisonView, "/api/comparison")

    async def add(
        self, product_id: UUID, *, variant_id: UUID | None = None, **conditions: Unpack[Conditions]
    ) -> ComparisonView:
        """Compare one more; raises Conflict (COMPARISON_FULL) beyond what the site allows."""
        body = given(CompareItem, product_id=product_id, variant_id=variant_id)
        return await self._change("POST", "/items", body, conditions)

    async def remove(self, item_id: UUID, **conditions: Unpack[Conditions]) -> ComparisonView:
        """Compare one less."""
        return await self._change("DELETE", f"/items/{item_id}", None, conditions)

    async def share(self, *, days: int | None = None, **conditions: Unpack[Conditions]) -> NewLinkView:
        """Make a link that opens the comparison, whose token is answered this once; an earlier link ends."""
        body = given(ShareList, days=days)
        return await self.connection.change(NewLinkView, "POST", "/api/comparison/share", body, conditions=conditions)

    async def unshare(self, **conditions: Unpack[Conditions]) -> ComparisonView:
        """Let no link open the comparison any more."""
        return await self._change("DELETE", "/share", None, conditions)

    async def _change(self, method: str, path: str, body: CompareItem | None, conditions: Conditions) -> ComparisonView:
        return await self.connection.change(
            ComparisonView, method, f"/api/comparison{path}", body, conditions=conditions
        )


@dataclass(frozen=True, slots=True)
class SharedLists:
    """What links of shoppers show to whoever has them; NotFound for one that was revoked or has ended."""

    connection: Connection

    async def wishlist(self, token: str) -> SharedWishlistView:
        """What somebody wishes for."""
        return await self.connection.read(SharedWishlistView, f"/api/wishlists/shared/{token}")

    async def comparison(self, token: str) -> SharedComparisonView:
        """What somebody compares."""
        return await self.connection.read(SharedComparisonView, f"/api/comparisons/shared/{token}")

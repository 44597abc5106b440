"""A signed-in customer's cart: one for each site, the same on every device."""

from typing import Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, given
from cartwheel_client.models.cart import CartView, MergeCart, MergedCartView
from cartwheel_client.shopper import ShopperCart, new_cart


class CustomerCart(ShopperCart):
    """The cart of the customer whose token this is."""

    async def create(
        self,
        *,
        currency: str | None = None,
        site_id: UUID | None = None,
        visitor_id: str | None = None,
        **conditions: Unpack[Conditions],
    ) -> CartView:
        """Begin the cart, or answer the open one."""
        body = new_cart(currency, site_id, visitor_id)
        return self._seen(await self._connection.change(CartView, "POST", self._root, body, conditions=conditions))

    async def merge(
        self, session_token: str, *, strategy: str | None = None, **conditions: Unpack[Conditions]
    ) -> MergedCartView:
        """Bring along the cart that was a guest's before the sign-in; doing it again changes nothing.

        `strategy` (larger, sum, guest_wins, customer_wins) says which quantity counts; else the site does.
        """
        body = given(MergeCart, session_token=session_token, strategy=strategy)
        path = f"{self._root}/merge"
        return self._seen(await self._shopper.change(MergedCartView, "POST", path, body, conditions=conditions))

    @property
    def _root(self) -> str:
        return "/api/cart"

    async def _changes(self) -> str:
        return self._root

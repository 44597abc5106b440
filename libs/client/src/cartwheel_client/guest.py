"""A guest's cart: whoever has its session token has the cart."""

from dataclasses import replace
from typing import Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, Connection
from cartwheel_client.models.cart import NewGuestCartView
from cartwheel_client.shopper import ShopperCart, new_cart

SESSION = "x-session-token"


class GuestCart(ShopperCart):
    """A cart that a session token opens; `session_token` is to be kept by the shopper's browser, and nowhere else."""

    def __init__(self, connection: Connection, session_token: str | None, cart_id: UUID | None = None) -> None:
        super().__init__(connection, cart_id)
        if session_token is not None:
            self._open_with(session_token)

    @property
    def session_token(self) -> str:
        """What opens the cart; empty until there is one."""
        return self._connection.credentials.get(SESSION, "")

    async def create(
        self,
        *,
        currency: str | None = None,
        site_id: UUID | None = None,
        visitor_id: str | None = None,
        **conditions: Unpack[Conditions],
    ) -> NewGuestCartView:
        """Begin a new cart, and go on with its session token, which is answered this once."""
        body = new_cart(currency, site_id, visitor_id)
        path = self._root
        cart = self._seen(await self._connection.change(NewGuestCartView, "POST", path, body, conditions=conditions))
        self._open_with(cart.session_token)
        return cart

    @property
    def _root(self) -> str:
        return "/api/public/cart"

    async def _changes(self) -> str:
        return f"{self._root}/{await self._known_id()}"

    def _open_with(self, session_token: str) -> None:
        credentials = {**self._connection.credentials, SESSION: session_token}
        self._connection = replace(self._connection, credentials=credentials)

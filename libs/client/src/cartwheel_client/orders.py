"""What a shop's order system asks of the cart service; its address is the service's own, behind the gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, Connection, given
from cartwheel_client.models.cart import CartConvertedAnswer, CartSnapshot, ConvertCart, OrderedLine


@dataclass(frozen=True, slots=True)
class Orders:
    """Takes carts' orders."""

    connection: Connection

    async def read(self, cart_id: UUID) -> CartSnapshot:
        """The cart as it is now, priced anew."""
        return await self.connection.read(CartSnapshot, f"/internal/carts/{cart_id}")

    async def convert(
        self,
        cart_id: UUID,
        order_id: str,
        *,
        expected_total: int | None = None,
        lines: Sequence[OrderedLine] | None = None,
        **conditions: Unpack[Conditions],
    ) -> CartConvertedAnswer:
        """Convert a cart that was ordered; the same order again is answered as it was the first time.

        `expected_total` is what was charged: another total is a Conflict. With `lines` only those are ordered, and the
        rest moves to a new cart.
        """
        body = given(ConvertCart, order_id=order_id, expected_total=expected_total, lines=lines)
        path = f"/internal/carts/{cart_id}/convert"
        return await self.connection.change(CartConvertedAnswer, "POST", path, body, conditions=conditions)

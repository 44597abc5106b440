"""A company's customers: that they are erased when they want to be."""

from dataclasses import dataclass
from typing import Unpack
from urllib.parse import quote

from cartwheel_client.connection import Conditions, Connection
from cartwheel_client.models.cart import ErasureView


@dataclass(frozen=True, slots=True)
class Customers:
    """Customers, by the ids that the shop gave them; for admins."""

    connection: Connection

    async def erase(self, customer_id: str, **conditions: Unpack[Conditions]) -> ErasureView:
        """Erase a customer in every service; again answers how far it is, and begins anew when it was over."""
        return await self.connection.change(ErasureView, "DELETE", _path(customer_id), conditions=conditions)

    async def erasure(self, customer_id: str) -> ErasureView:
        """How far the erasure of a customer is."""
        return await self.connection.read(ErasureView, f"{_path(customer_id)}/erasure")


def _path(customer_id: str) -> str:
    return f"/api/admin/customers/{quote(customer_id, safe='')}"

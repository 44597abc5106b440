"""Calling the service over HTTP for one company: as its staff, or as another service."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from servicekit.auth.service_tokens import mint_service_token
from servicekit.testing import mint_jwt
from servicekit.testing.settings import SERVICE_TOKEN_SECRET


@dataclass
class Desk:
    """A company's callers."""

    client: httpx.AsyncClient
    company_id: UUID

    async def staff(
        self, method: str, path: str, body: Any = None, *, role: str = "admin", **headers: str
    ) -> httpx.Response:
        """Call an admin route with this role."""
        token = mint_jwt(self.company_id, "ada", roles=[role])
        return await self.client.request(
            method, path, json=body, headers={"authorization": f"Bearer {token}", **headers}
        )

    async def sends(self, content: bytes, kind: str) -> httpx.Response:
        """Send a catalogue file."""
        token = mint_jwt(self.company_id, "ada", roles=["admin"])
        headers = {"authorization": f"Bearer {token}", "content-type": kind}
        return await self.client.post("/api/admin/products/import", content=content, headers=headers)

    async def service(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Call an internal route as the cart service."""
        token = mint_service_token(SERVICE_TOKEN_SECRET, "cart", (), timedelta(minutes=1))
        headers = {"authorization": f"Bearer {token}", "x-company-id": str(self.company_id)}
        return await self.client.request(method, path, json=body, headers=headers)

    async def makes(self, sku: str, stock: int = 10, **fields: Any) -> dict[str, Any]:
        """Make a product with one variant and return the answer's body."""
        variant = {"sku": sku, "prices": {"USD": 1250}, "stock": stock}
        answer = await self.staff(
            "POST", "/api/admin/products", {"title": sku.title(), "variants": [variant], **fields}
        )
        assert answer.status_code == 201, answer.text
        product: dict[str, Any] = answer.json()
        return product

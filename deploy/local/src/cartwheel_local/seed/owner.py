"""A shop's owner at work: makes a company with its site, catalogue, rules and campaign over the admin routes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from localservers.errors import LocalStackError

from cartwheel_local.seed.tokens import Tokens

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ShopOwner:
    """One company's administrator; `client` talks to the gateway."""

    client: httpx.AsyncClient
    tokens: Tokens
    company_id: UUID

    async def found_company(self, name: str) -> None:
        """Make the company, or rename it."""
        token = self.tokens.platform(self.company_id)
        await self._send("POST", "/api/admin/companies", {"id": str(self.company_id), "name": name}, token)

    async def open_site(self, site_id: UUID, **settings: Any) -> Mapping[str, Any]:
        """Make a site, or answer the one that has this id; `settings` are the site's, in camelCase."""
        return await self.post("/api/admin/sites", {"id": str(site_id), **settings})

    async def import_products(self, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Import products (JSON Lines); raises LocalStackError when a row is rejected."""
        content = "\n".join(json.dumps(row) for row in rows).encode()
        report = await self._send("POST", "/api/admin/products/import", content, self._token())
        if report["rejected"]:
            raise LocalStackError(f"{report['rejected']} products were rejected: {report['errors'][:3]}")
        return report

    async def offer(self, **promotion: Any) -> None:
        """Make a promotion; one whose code is there already is left as it is."""
        await self.post("/api/admin/promotions", promotion, accept=(409,))

    async def tax(self, **rate: Any) -> None:
        """Make a tax rate."""
        await self.post("/api/admin/tax-rates", rate)

    async def ship(self, **rule: Any) -> None:
        """Make a way to ship."""
        await self.post("/api/admin/shipping-rules", rule)

    async def remind(self, *delays_seconds: float, daily_cap: int | None = 1) -> None:
        """Let the company's recovery campaign send a mail this long after each abandonment."""
        path = "/api/admin/recovery/campaigns"
        body = {"steps": [{"delaySeconds": delay} for delay in delays_seconds], "dailyCapPerRecipient": daily_cap}
        # Recovery makes the campaign by itself once it hears of the first site, which may be at this very moment.
        await self.post(path, {"name": "Abandoned cart", **body}, accept=(409,))
        page = await self.get(path)
        await self._send("PATCH", f"{path}/{page['items'][0]['id']}", body, self._token())

    async def get(self, path: str, **parameters: str) -> Mapping[str, Any]:
        """Read an admin route."""
        query = f"{path}?{httpx.QueryParams(parameters)}" if parameters else path
        return await self._send("GET", query, None, self._token())

    async def post(self, path: str, body: Mapping[str, Any], accept: tuple[int, ...] = ()) -> Mapping[str, Any]:
        """Write to an admin route; statuses in `accept` are fine as well."""
        return await self._send("POST", path, body, self._token(), accept)

    def _token(self) -> str:
        return self.tokens.admin(self.company_id)

    async def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None,
        token: str,
        accept: tuple[int, ...] = (),
    ) -> Mapping[str, Any]:
        headers = {"authorization": f"Bearer {token}", "x-company-id": str(self.company_id)}
        content = json.dumps(body).encode() if isinstance(body, Mapping) else body
        if method == "POST" and content:  # an interrupted seed may be repeated without making anything twice
            headers["idempotency-key"] = hashlib.sha256(path.encode() + content).hexdigest()
        headers["content-type"] = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
        try:
            answer = await self.client.request(method, path, content=content, headers=headers, timeout=TIMEOUT_SECONDS)
        except httpx.TransportError as silence:
            raise LocalStackError(f"{method} {path} was not answered ({silence!r}): is the stack up?") from silence
        if not answer.is_success and answer.status_code not in accept:
            raise LocalStackError(f"{method} {path} was answered {answer.status_code}: {answer.text[:500]}")
        return dict(answer.json()) if answer.content else {}

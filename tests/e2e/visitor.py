"""Somebody at a browser of their own, as the gateway sees them: an address, a client, headers."""

import itertools
import secrets
import ssl
from collections.abc import Mapping
from typing import Any, Self

import httpx

_ADDRESSES = itertools.count(secrets.randbelow(10_000_000))
"""Begins elsewhere each time: what an address has used up of its limits outlasts a run."""
_TLS = ssl.create_default_context()
"""Made once: it costs far more than all else of a visitor."""
NONE: Mapping[str, str] = {}


def own_address() -> httpx.AsyncHTTPTransport:
    """Connections from a loopback address that nobody else has, so that the limits count visitors apart."""
    number = next(_ADDRESSES)
    address = f"127.{1 + number // 62_500 % 250}.{number // 250 % 250}.{number % 250 + 1}"
    return httpx.AsyncHTTPTransport(local_address=address, verify=_TLS)


class Visitor:
    """Sends any request, as it is, from an address of its own; `headers` go with each."""

    def __init__(self, api_url: str, **headers: str) -> None:
        self._client = httpx.AsyncClient(base_url=api_url, transport=own_address(), timeout=20)
        self.headers = headers

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = NONE,
    ) -> httpx.Response:
        """Any request, with the visitor's credentials; `path` may be a whole address."""
        every = {**self.headers, **headers}
        return await self._client.request(method, path, json=body, params=query, headers=every)

    async def sends_raw(
        self, method: str, path: str, content: bytes, *, content_type: str = "application/json"
    ) -> httpx.Response:
        """A request whose body is these very bytes."""
        every = {**self.headers, "content-type": content_type}
        return await self._client.request(method, path, content=content, headers=every)

    async def close(self) -> None:
        """Close the browser."""
        await self._client.aclose()


def fine(response: httpx.Response) -> dict[str, Any]:
    """The body of a response that must be a success."""
    request = response.request
    assert response.is_success, f"{request.method} {request.url.path}: {response.status_code} {response.text}"
    return dict(response.json()) if response.content else {}


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a response that must be a problem document."""
    assert response.headers["content-type"].startswith("application/problem+json"), response.text
    return response.status_code, str(response.json()["code"])

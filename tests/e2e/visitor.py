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


class Visitor:
    """Sends requests from a client address that nobody else has, so that the limits count visitors apart."""

    def __init__(self, api_url: str, **headers: str) -> None:
        number = next(_ADDRESSES)
        address = f"127.{1 + number // 62_500 % 250}.{number // 250 % 250}.{number % 250 + 1}"
        transport = httpx.AsyncHTTPTransport(local_address=address, verify=_TLS)
        self._client = httpx.AsyncClient(base_url=api_url, transport=transport, timeout=20)
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


def fine(answer: httpx.Response) -> dict[str, Any]:
    """The body of an answer that must be a success."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
    return dict(answer.json()) if answer.content else {}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an answer that must be a problem document."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, str(answer.json()["code"])

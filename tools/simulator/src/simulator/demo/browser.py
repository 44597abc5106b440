"""A shopper's browser: an address of its own, and the pages that mails lead to."""

import asyncio
import ssl
from types import TracebackType
from typing import Final, Self

import httpx

from simulator.demo.errors import WrongAnswer

_TLS: Final = ssl.create_default_context()
"""Made once: reading the system's certificates for each shopper would cost more than all their requests."""
_TRIES: Final = 5
_PAUSE_SECONDS: Final = 2.0
_TIMEOUT_SECONDS: Final = 60.0
PAGE: Final = "text/html"
ANYTHING: Final = "*/*"


def transport_of(number: int) -> httpx.AsyncHTTPTransport:
    """Connections from a loopback address that no other shopper has: limits count by it (api.md)."""
    address = f"127.{64 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
    return httpx.AsyncHTTPTransport(local_address=address, verify=_TLS)


class Browser:
    """Opens pages of the shop, which are no part of the API."""

    def __init__(self, shop_url: str, transport: httpx.AsyncHTTPTransport) -> None:
        self._client = httpx.AsyncClient(base_url=shop_url, transport=transport, timeout=_TIMEOUT_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def open(self, method: str, address: str, *, accept: str = PAGE) -> httpx.Response:
        """Open an address; a 429 is tried again when Retry-After says.

        Returns successes and redirects, which are not followed; raises WrongAnswer for all else, silence too.
        """
        for _ in range(_TRIES):
            response = await self._send(method, address, accept)
            if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            await asyncio.sleep(float(response.headers.get("retry-after", _PAUSE_SECONDS)))
        if response.is_error:
            raise WrongAnswer(f"{method} {response.url.path}: {response.status_code} {response.text[:300]}")
        return response

    async def _send(self, method: str, address: str, accept: str) -> httpx.Response:
        try:
            return await self._client.request(method, address, headers={"accept": accept})
        except httpx.TransportError as silence:
            raise WrongAnswer(f"{method} {address} was not answered: {silence!r}") from silence

"""A shopper's browser: an address of its own, and the patience that the gateway asks for."""

import asyncio
import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from cartwheel_local.demo.errors import Surprised

_TLS: Final = ssl.create_default_context()
"""Made once: reading the system's certificates for each shopper would cost more than all their requests."""
_TRIES: Final = 5
_PAUSE_SECONDS: Final = 2.0
_TIMEOUT_SECONDS: Final = 60.0


class Browser:
    """Sends one shopper's requests from a loopback address that nobody else has: limits count by it (api.md)."""

    def __init__(self, api_url: str, number: int) -> None:
        address = f"127.{64 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
        transport = httpx.AsyncHTTPTransport(local_address=address, verify=_TLS)
        self._client = httpx.AsyncClient(base_url=api_url, transport=transport, timeout=_TIMEOUT_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        refusals: tuple[str, ...] = (),
        **parameters: str,
    ) -> httpx.Response:
        """Any request; a path may be a whole address. A 429 is tried again when Retry-After says.

        Answers successes, redirects, and problems whose code is in `refusals`; all else, silence too, is Surprised.
        """
        for _ in range(_TRIES):
            answer = await self._send(method, path, json=body, headers=headers, params=parameters or None)
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            await asyncio.sleep(float(answer.headers.get("retry-after", _PAUSE_SECONDS)))
        if answer.status_code >= 400 and code_of(answer) not in refusals:
            told = f"{answer.status_code} {answer.text[:300]}"
            raise Surprised(f"{method} {answer.request.url.path} was answered {told}")
        return answer

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **request)
        except httpx.TransportError as silence:
            raise Surprised(f"{method} {path} was not answered: {silence!r}") from silence


def code_of(answer: httpx.Response) -> str:
    """The code of a problem document, empty for anything else."""
    if "problem+json" not in answer.headers.get("content-type", ""):
        return ""
    problem: Mapping[str, Any] = answer.json()
    return str(problem.get("code", ""))

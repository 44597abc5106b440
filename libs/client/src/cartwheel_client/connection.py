"""Sending requests: one connection pool, with retries, and errors as exceptions."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, TypedDict, TypeVar
from uuid import uuid4

import httpx
import stamina
from pydantic import ValidationError

from cartwheel_client.errors import CartwheelError, TimedOut, TransportFailed, UnexpectedAnswer, call_of, problem_of
from cartwheel_client.model import Model
from cartwheel_client.retries import Retries

AnswerT = TypeVar("AnswerT", bound=Model)
Query = Mapping[str, object]
_NOTHING: Mapping[str, Any] = {}


class Conditions(TypedDict, total=False):
    """What every change may say beside its own parameters."""

    if_version: int
    """Change nothing and raise VersionMismatch unless this is the current version (If-Match)."""
    idempotency_key: str
    """A key of the caller's own: the same call with the same key has its effect once, for 24 hours."""


class Repeating(Enum):
    """Whether a change may be sent again."""

    BY_KEY = "by key"
    """The route takes an Idempotency-Key."""
    ALWAYS = "always"
    """Doing it twice is doing it once."""
    NEVER = "never"
    """It might happen twice."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Sends requests with somebody's credentials; `query` is added to every one of them."""

    client: httpx.AsyncClient
    retries: Retries
    credentials: Mapping[str, str] = field(default_factory=dict)
    query: Query = field(default_factory=dict)

    async def read(self, answer: type[AnswerT], path: str, **query: object) -> AnswerT:
        """GET, as often as it takes."""
        request = self._request("GET", path, query=query)
        return _parsed(answer, await self._sent(request, is_repeatable=True))

    @asynccontextmanager
    async def stream(
        self, path: str, headers: Mapping[str, str], silence_seconds: float
    ) -> AsyncGenerator[AsyncIterator[str]]:
        """GET an answer that goes on, line by line; its loss, or so long a silence, raises TransportFailed."""
        request = self._request("GET", path, headers=headers)
        request.extensions["timeout"] = {**self.client.timeout.as_dict(), "read": silence_seconds}
        try:
            response = await self.client.send(request, stream=True)
            try:
                if response.is_error:
                    await response.aread()
                    raise problem_of(response)
                yield response.aiter_lines()
            finally:
                await response.aclose()
        except httpx.TimeoutException as late:
            raise TimedOut(f"{call_of(request)}: silent for too long ({late!r})") from late
        except httpx.TransportError as silence:
            raise TransportFailed(f"{call_of(request)}: {silence!r}") from silence

    async def change(
        self,
        answer: type[AnswerT],
        method: str,
        path: str,
        body: Model | None = None,
        *,
        conditions: Conditions | None = None,
        repeating: Repeating = Repeating.BY_KEY,
        query: Query = _NOTHING,
    ) -> AnswerT:
        """Any change that is answered with something."""
        response = await self._changed(method, path, body, conditions or {}, repeating, query)
        return _parsed(answer, response)

    async def perform(
        self,
        method: str,
        path: str,
        *,
        conditions: Conditions | None = None,
        repeating: Repeating = Repeating.BY_KEY,
    ) -> None:
        """A change that is answered with nothing."""
        await self._changed(method, path, None, conditions or {}, repeating, _NOTHING)

    async def upload(self, answer: type[AnswerT], path: str, content: bytes, media_type: str) -> AnswerT:
        """POST a file; it is never sent again by itself, unless the server was too busy to take it."""
        request = self._request("POST", path, headers={"content-type": media_type}, content=content)
        return _parsed(answer, await self._sent(request, is_repeatable=False))

    async def _changed(
        self, method: str, path: str, body: Model | None, conditions: Conditions, repeating: Repeating, query: Query
    ) -> httpx.Response:
        headers = {}
        key = conditions.get("idempotency_key")
        if key is None and repeating is Repeating.BY_KEY and self.retries.are_wanted:
            key = str(uuid4())
        if key is not None:
            headers["idempotency-key"] = key
        if "if_version" in conditions:
            headers["if-match"] = f'"{conditions["if_version"]}"'
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = body.model_dump_json(by_alias=True, exclude_unset=True).encode()
        request = self._request(method, path, query=query, headers=headers, content=content)
        return await self._sent(request, is_repeatable=key is not None or repeating is Repeating.ALWAYS)

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Query = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        content: bytes | None = None,
    ) -> httpx.Request:
        parameters = {name: _text(value) for name, value in {**self.query, **query}.items() if value is not None}
        every = {**self.credentials, **headers}
        return self.client.build_request(method, path, params=parameters or None, headers=every, content=content)

    async def _sent(self, request: httpx.Request, *, is_repeatable: bool) -> httpx.Response:
        """The answer when it is a success; raises Problem, TransportFailed or UnexpectedAnswer."""
        try:
            return await self._sent_once(request)
        except CartwheelError as failure:
            return await self._sent_again(request, failure, is_repeatable=is_repeatable)

    async def _sent_again(
        self, request: httpx.Request, failure: CartwheelError, *, is_repeatable: bool
    ) -> httpx.Response:
        """The answer of a later attempt; keeping count of attempts costs a call that succeeds at once nothing."""
        retries = self.retries
        async for attempt in stamina.retry_context(
            on=lambda error: retries.pause_after(error, is_repeatable=is_repeatable),
            attempts=retries.attempts,
            timeout=retries.within,
            wait_initial=retries.first_pause,
            wait_max=retries.longest_pause,
            wait_jitter=retries.first_pause,
        ):
            with attempt:
                if attempt.num == 1:
                    raise failure
                return await self._sent_once(request)
        raise AssertionError("the loop returns or raises")

    async def _sent_once(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self.client.send(request)
        except httpx.TimeoutException as late:
            raise TimedOut(f"{call_of(request)}: no answer in time ({late!r})") from late
        except httpx.TransportError as silence:
            raise TransportFailed(f"{call_of(request)}: {silence!r}") from silence
        if response.is_error:
            raise problem_of(response)
        if not response.is_success:
            raise UnexpectedAnswer(f"{call_of(request)}: answered {response.status_code}")
        return response


def given(model: type[AnswerT], **fields: object) -> AnswerT:
    """A body of the fields that are not None; raises pydantic's ValidationError when they do not fit."""
    return model.model_validate({name: value for name, value in fields.items() if value is not None})


def _parsed(answer: type[AnswerT], response: httpx.Response) -> AnswerT:
    try:
        return answer.model_validate_json(response.content)
    except ValidationError as misfit:
        raise UnexpectedAnswer(f"{call_of(response.request)}: no {answer.__name__}: {misfit}") from misfit


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)

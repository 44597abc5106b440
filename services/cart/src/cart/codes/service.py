"""The rules of codes, kept for a minute; many who ask about one at once ask pricing once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.ruleset import PromotionRule
from servicekit.clock import Clock
from servicekit.upstream.errors import Unavailable

_MAX_AGE = timedelta(minutes=1)
_MAX_CODES = 10_000

Resolve = Callable[[], Awaitable[PromotionRule]]
"""Asks pricing about a code for one cart; raises the code's refusal or ServiceUnavailable503."""


@dataclass(frozen=True, slots=True)
class CodePlace:
    """What a code's rule depends on: whose it is, for which site and currency, and which version the rules have."""

    company_id: UUID
    rules_version: int
    site_id: UUID
    currency: str
    code: str


class ResolvedCodes:
    """Rules by place, of this process. Safe for concurrent use within one event loop.

    Every change of a promotion raises the version of its company's rules, so that what was resolved before is not found
    any more once the replica has the new version; without it (the broker is away) a rule is believed for a minute. A
    code that counts is never kept: only pricing knows whether a use is left (rules.md 23).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[CodePlace, tuple[datetime, PromotionRule]] = OrderedDict()
        self._calls: dict[CodePlace, asyncio.Future[_Shared]] = {}
        """Who waits for pricing's answer about a place now."""

    def find(self, place: CodePlace, now: datetime) -> PromotionRule | None:
        """The code's rule if it is known and holds at this moment; else pricing has to be asked."""
        kept = self._kept.get(place)
        if kept is None or kept[0] + _MAX_AGE <= self._clock.now() or not _holds(kept[1], now):
            return None
        return kept[1]

    async def resolve(self, place: CodePlace, resolve: Resolve) -> PromotionRule:
        """The code's rule as pricing answers it, from a call that runs already where there is one.

        A rule that does not count, and pricing's absence, are the same for everybody who waits. A rule that counts and
        a refusal may be the one shopper's: whoever waited for such an answer asks on their own. Raises what `resolve`
        raises. A caller that is cancelled leaves the asking to one of those who wait.
        """
        while (call := self._calls.get(place)) is not None:
            shared = await asyncio.shield(call)
            if shared.is_absent:
                raise Unavailable
            if shared.rule is not None:
                return shared.rule
            if shared.is_personal:
                return await resolve()
        return await self._lead(place, resolve)

    async def _lead(self, place: CodePlace, resolve: Resolve) -> PromotionRule:
        call = self._calls[place] = asyncio.get_running_loop().create_future()
        shared = _Shared()
        try:
            rule = await resolve()
            shared = _Shared(is_personal=True) if rule.counts else _Shared(rule=rule)
            self._keep(place, rule)
        except Unavailable:
            shared = _Shared(is_absent=True)
            raise
        except Exception:
            shared = _Shared(is_personal=True)
            raise
        finally:
            del self._calls[place]
            call.set_result(shared)
        return rule

    def _keep(self, place: CodePlace, rule: PromotionRule) -> None:
        if rule.counts:
            return
        self._kept[place] = (self._clock.now(), rule)
        self._kept.move_to_end(place)
        if len(self._kept) > _MAX_CODES:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What those who waited for a call get of its outcome; nothing at all where its caller was cancelled."""

    rule: PromotionRule | None = None
    is_absent: bool = False
    """Pricing did not answer."""
    is_personal: bool = False
    """The answer was for its caller alone."""


def _holds(rule: PromotionRule, now: datetime) -> bool:
    return (rule.starts_at is None or rule.starts_at <= now) and (rule.ends_at is None or now < rule.ends_at)

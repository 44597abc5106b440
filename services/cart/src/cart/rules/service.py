"""The rules of price: kept as pricing publishes them, and compiled once per version and process, not per request."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from contracts.ruleset import PromotionRule, RuleSet
from prometheus_client import Counter
from quote import CompiledRules, compile_rule_set, engine_for
from servicekit.clock import Clock
from servicekit.db import TenantUnit

from cart.rules import repository

_COMPANIES = 2_000
_MAX_AGE_OF_CODES = timedelta(minutes=1)
_MAX_CODES = 10_000
WAITING = Counter("cart_rule_sets_waiting", "Rule sets received that need a newer engine than this version has")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

log = structlog.get_logger(__name__)


async def keep_rules(unit: TenantUnit, rule_set: RuleSet) -> None:
    """Keep a company's newest rules of price; those for an engine that is not here wait, logged and counted.

    Carts go on with the last that can be priced here. A version of the service that has the engine prices by the
    waiting ones from its start, with nothing to be done.
    """
    await repository.keep(unit, rule_set)
    if engine_for(rule_set) is None:
        WAITING.inc()
        log.warning(
            "rule_set_waits",
            company_id=str(unit.company_id),
            version=rule_set.version,
            engine_version=rule_set.engine_version,
        )


async def _priceable(unit: TenantUnit) -> RuleSet | None:
    """The newest rules of the company that an engine here may price; None where there are none."""
    newest = await repository.newest(unit)
    if newest is None or engine_for(newest) is not None:
        return newest
    return next((kept for kept in await repository.last_of_engines(unit) if engine_for(kept) is not None), None)


def no_rules(company_id: UUID) -> CompiledRules:
    """What a company has before pricing published anything: no promotion, no tax, no shipping."""
    return compile_rule_set(RuleSet(version=1, company_id=company_id, published_at=_EPOCH))


class CompiledRulesCache:
    """The newest compiled rules of the companies priced lately. Safe for concurrent use within one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int | None, CompiledRules]] = OrderedDict()

    async def at(self, unit: TenantUnit, version: int | None) -> CompiledRules:
        """The company's rules, known to be at this version when the cart was read; None is a company without any yet.

        Where no engine here may price that version, it is the last that one may.
        """
        kept = self._kept.get(unit.company_id)
        if kept is not None and kept[0] == version:
            return kept[1]
        stored = None if version is None else await _priceable(unit)
        rules = compile_rule_set(stored) if stored else no_rules(unit.company_id)
        self._kept[unit.company_id] = (version, rules)
        self._kept.move_to_end(unit.company_id)
        if len(self._kept) > _COMPANIES:
            self._kept.popitem(last=False)
        return rules


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

    def find(self, place: CodePlace, now: datetime) -> PromotionRule | None:
        """The code's rule if it is known and holds at this moment; else pricing has to be asked."""
        kept = self._kept.get(place)
        if kept is None or kept[0] + _MAX_AGE_OF_CODES <= self._clock.now() or not _holds(kept[1], now):
            return None
        return kept[1]

    def keep(self, place: CodePlace, rule: PromotionRule) -> None:
        """Remember what pricing has just answered, unless it counts."""
        if rule.counts:
            return
        self._kept[place] = (self._clock.now(), rule)
        self._kept.move_to_end(place)
        if len(self._kept) > _MAX_CODES:
            self._kept.popitem(last=False)


def _holds(rule: PromotionRule, now: datetime) -> bool:
    return (rule.starts_at is None or rule.starts_at <= now) and (rule.ends_at is None or now < rule.ends_at)

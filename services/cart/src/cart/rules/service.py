"""The rules of price: kept as pricing publishes them, and compiled once per version and process, not per request."""

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import structlog
from contracts.ruleset import RuleSet
from prometheus_client import Counter
from quote import CompiledRules, compile_rule_set, engine_for
from servicekit.db import TenantUnit

from cart.carts.domain.values import Freeze
from cart.rules import repository

_COMPANIES = 2_000
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

    async def of_cart(self, unit: TenantUnit, freeze: Freeze | None, version: int | None) -> CompiledRules:
        """The rules that price a cart: those of its freeze, where it is frozen, else the company's at this version."""
        if freeze is not None and freeze.rules is not None:
            return compile_rule_set(freeze.rules)
        return await self.at(unit, version)

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

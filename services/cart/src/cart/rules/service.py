"""The rules of price: kept as pricing publishes them, and compiled once per version and process, not per request."""

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import structlog
from contracts.ruleset import SUPPORTED_ENGINE_VERSIONS, RuleSet
from quote import CompiledRules, compile_rule_set
from servicekit.db import TenantUnit

from cart.rules import repository

_COMPANIES = 2_000
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

log = structlog.get_logger(__name__)


async def keep_rules(unit: TenantUnit, rule_set: RuleSet) -> None:
    """Keep a company's newest rules of price; those for an engine that is not here are logged and change nothing.

    Pricing publishes for the newest engine and the one before, so such a set is only met during a roll-back.
    """
    if rule_set.engine_version in SUPPORTED_ENGINE_VERSIONS:
        await repository.keep(unit, rule_set)
    else:
        log.warning(
            "rule_set_of_unknown_engine",
            company_id=str(unit.company_id),
            version=rule_set.version,
            engine_version=rule_set.engine_version,
        )


def no_rules(company_id: UUID) -> CompiledRules:
    """What a company has before pricing published anything: no promotion, no tax, no shipping."""
    return compile_rule_set(RuleSet(version=1, company_id=company_id, published_at=_EPOCH))


class CompiledRulesCache:
    """The newest compiled rules of the companies priced lately. Safe for concurrent use within one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int | None, CompiledRules]] = OrderedDict()

    async def at(self, unit: TenantUnit, version: int | None) -> CompiledRules:
        """The company's rules at the version that a cart was read with; None is a company without any yet."""
        kept = self._kept.get(unit.company_id)
        if kept is not None and kept[0] == version:
            return kept[1]
        stored = None if version is None else await repository.current(unit)
        rules = compile_rule_set(stored) if stored else no_rules(unit.company_id)
        self._kept[unit.company_id] = (version, rules)
        self._kept.move_to_end(unit.company_id)
        if len(self._kept) > _COMPANIES:
            self._kept.popitem(last=False)
        return rules

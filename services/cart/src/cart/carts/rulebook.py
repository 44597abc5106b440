"""Compiled rules of price, kept per process: work done once per version, not once per request."""

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

from quote import CompiledRules, Quote
from servicekit.db import Unit

from cart.carts import repository
from cart.carts.pricing import no_rules, price
from cart.carts.repository import Loaded

_COMPANIES = 2_000


class RuleBook:
    """The newest compiled rules of the companies priced lately. Safe for concurrent use within one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int | None, CompiledRules]] = OrderedDict()

    async def price(self, unit: Unit, loaded: Loaded, now: datetime) -> Quote:
        """The cart's quote at this moment, by the rules it was read with."""
        return price(loaded.cart, await self.of(unit, loaded.cart.company_id, loaded.rules_version), now)

    async def of(self, unit: Unit, company_id: UUID, version: int | None) -> CompiledRules:
        """The company's rules at the version that a cart was read with; None is a company without any yet."""
        kept = self._kept.get(company_id)
        if kept is not None and kept[0] == version:
            return kept[1]
        stored = None if version is None else await repository.rules(unit, company_id)
        rules = stored or no_rules(company_id)
        self._kept[company_id] = (version, rules)
        self._kept.move_to_end(company_id)
        if len(self._kept) > _COMPANIES:
            self._kept.popitem(last=False)
        return rules

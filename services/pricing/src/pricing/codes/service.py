"""Resolving a code for the cart service."""

from contracts.pricing_calls import CodeResolved, ResolveCode
from servicekit.db import TenantUnit

from pricing.codes import domain
from pricing.promotions import repository as promotions


async def resolve_code(unit: TenantUnit, requested: ResolveCode) -> CodeResolved:
    """The rule behind a code, for this site and currency, now; raises the DiscountError that says why there is none."""
    code = domain.normal_code(requested.code)
    promotion = await promotions.by_code(unit, code)
    return CodeResolved(code=code, rule=domain.rule_of(promotion, requested, unit.now))

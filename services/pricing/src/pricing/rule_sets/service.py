"""Publishing a company's rules of price, in the transaction of whatever changed them."""

from uuid import UUID

from contracts.ruleset import ENGINE_VERSION, RuleSet
from servicekit.db import TenantUnit, Unit
from servicekit.messaging import outbox

from pricing.pricing_settings import repository as settings
from pricing.promotions import repository as promotions
from pricing.rule_sets import repository
from pricing.rule_sets.domain import MOST, assemble, published, require_room
from pricing.shipping_rules import repository as shipping
from pricing.taxes import repository as taxes


async def publish(unit: TenantUnit) -> RuleSet:
    """Publish the next version of the company's rule set, made of its rules as they are now.

    Changes that run at once wait for each other here, so the last version has them all.
    """
    version = await settings.next_version(unit)
    rule_set = assemble(
        company_id=unit.company_id,
        version=version,
        settings=await settings.get(unit),
        promotions=await promotions.automatic(unit),
        tax_rates=await taxes.country_wide(unit),
        shipping_rules=await shipping.country_wide(unit),
        withdrawn=await promotions.withdrawn(unit),
        changed=await promotions.changed(unit, MOST),
        now=unit.now,
    )
    await repository.insert(unit, rule_set)
    await outbox.add(unit, published(rule_set))
    return rule_set


async def publish_change(unit: TenantUnit) -> RuleSet:
    """Publish as `publish` does, after a change that may add rules; raises TooManyRules409, which undoes the change."""
    rule_set = await publish(unit)
    require_room(rule_set)
    return rule_set


async def republish_rule_sets(unit: Unit, company_id: UUID | None) -> int:
    """Send the newest rule set again, of one company or of all, for carts without it; returns how many.

    One that an older engine prices is made anew instead, for the engine of now.
    """
    every = await repository.current(unit, company_id)
    for outdated in (rule_set for rule_set in every if rule_set.engine_version < ENGINE_VERSION):
        await publish(TenantUnit(unit.connection, unit.now, outdated.company_id))
    await outbox.republish(unit, *(published(known) for known in every if known.engine_version == ENGINE_VERSION))
    return len(every)

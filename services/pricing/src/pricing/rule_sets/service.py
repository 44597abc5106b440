"""Publishing a company's rules of price, in the transaction of whatever changed them."""

from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.pricing import RuleSetPublished
from contracts.ruleset import ENGINE_VERSION, RuleSet
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from pricing.pricing_settings import repository as settings
from pricing.promotions import repository as promotions
from pricing.rule_sets import repository
from pricing.rule_sets.domain import MOST, assemble, lowest_engine, published, require_room
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
        lowest_engine_version=lowest_engine(
            has_promotions=await promotions.exist(unit), ways_to_ship=await shipping.count(unit)
        ),
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


async def current_events(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[RuleSetPublished]]:
    """RuleSetPublished for the company's newest rule set, its only one: for `republish`.

    One that an older engine prices is made anew instead, for the engine of now.
    """
    newest = await repository.current(unit) if after is None else None
    if newest is None:
        return []
    return [published(newest if newest.engine_version == ENGINE_VERSION else await publish(unit))]

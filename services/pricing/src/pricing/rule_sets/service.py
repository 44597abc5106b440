"""Publishing a company's rules of price, in the transaction of whatever changed them."""

from uuid import UUID

from contracts.ruleset import RuleSet
from servicekit import outbox
from servicekit.db import Unit

from pricing.pricing_settings import repository as settings_repository
from pricing.promotions import repository as promotions
from pricing.rule_sets import repository
from pricing.rule_sets.domain import PriceBook, compile_rules, published
from pricing.shipping_rules import repository as shipping
from pricing.taxes import repository as taxes


async def publish(unit: Unit) -> None:
    """Compile the company's rules as they are now: a set for the company, and one for each site with its own settings.

    All get the same next version. Changes that run at once wait for each other here, so the last version has them all.
    """
    version = await settings_repository.next_version(unit)
    book = PriceBook(
        promotions=await promotions.automatic(unit),
        tax_rates=await taxes.country_wide(unit),
        shipping_rules=await shipping.country_wide(unit),
    )
    every = [
        compile_rules(book, settings, version, unit.now) for settings in await settings_repository.of_company(unit)
    ]
    await repository.insert(unit, every)
    await outbox.add(unit, *map(published, every))


async def current_rule_set(unit: Unit, site_id: UUID | None) -> RuleSet:
    """The rule set that the site's carts are priced with; a company without one gets its first, empty one."""
    found = await repository.newest(unit, site_id)
    if found is None:
        await publish(unit)
        found = await repository.newest(unit, site_id)
    if found is None:
        raise LookupError("a rule set that was just published is not there")
    return found


async def republish_rule_sets(unit: Unit, company_id: UUID | None) -> int:
    """Send the newest rule sets again, unchanged, of one company or of all, for carts without them; says how many."""
    every = await repository.current(unit, company_id)
    await outbox.republish(unit, *map(published, every))
    return len(every)

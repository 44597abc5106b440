"""A way to ship as an admin wrote it: a price and the zone it holds in (rules.md 25)."""

from dataclasses import dataclass
from typing import TypedDict, cast
from uuid import UUID

from contracts.money import MinorUnits
from contracts.ruleset import ShippingRule, ShippingRuleType

from pricing.shipping_zones.domain import ShippingZone
from pricing.taxes.domain import Place


class ShippingRuleChanges(TypedDict, total=False):
    """The fields of a shipping rule that an admin gave; amounts in minor units by currency."""

    name: str
    zone_id: UUID | None
    type: ShippingRuleType
    amounts: dict[str, MinorUnits]
    free_over: dict[str, MinorUnits]
    estimated_days: int | None
    taxable: bool
    active: bool


@dataclass(frozen=True, slots=True)
class ShippingWay:
    """A shipping rule and the zone it is offered in; no zone is everywhere. The rule's countries are the zone's."""

    rule: ShippingRule
    zone: ShippingZone | None
    active: bool

    def is_offered_at(self, place: Place, currency: str) -> bool:
        """Whether a shopper at this place may choose it in this currency."""
        return currency in self.rule.amounts and (self.zone is None or self.zone.contains(place))


def way(rule_id: UUID, fields: ShippingRuleChanges, zone: ShippingZone | None) -> ShippingWay:
    """The way to ship of these `fields`: the names of ShippingRule, plus `active`."""
    countries = zone.countries if zone else ()
    rule = ShippingRule.model_validate({**fields, "id": rule_id, "countries": countries})
    return ShippingWay(rule, zone, fields.get("active", True))


def changed(current: ShippingWay, changes: ShippingRuleChanges, zone: ShippingZone | None) -> ShippingWay:
    """The way to ship with some of its fields replaced, in this zone."""
    fields = {**current.rule.model_dump(), "active": current.active, **changes}
    return way(current.rule.id, cast(ShippingRuleChanges, fields), zone)

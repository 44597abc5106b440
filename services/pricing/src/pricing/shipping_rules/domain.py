"""A way to ship as an admin wrote it: a price and the zone it holds in (rules.md 25)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.ruleset import ShippingRule

from pricing.shipping_zones.domain import ShippingZone
from pricing.taxes.domain import Place


@dataclass(frozen=True, slots=True)
class ShippingWay:
    """A shipping rule and the zone it is offered in; no zone is everywhere. The rule's countries are the zone's."""

    rule: ShippingRule
    zone: ShippingZone | None
    active: bool

    def is_offered_at(self, place: Place, currency: str) -> bool:
        """Whether a shopper at this place may choose it in this currency."""
        return currency in self.rule.amounts and (self.zone is None or self.zone.contains(place))


def way(rule_id: UUID, fields: Mapping[str, Any], zone: ShippingZone | None) -> ShippingWay:
    """The way to ship that `fields` describe: the names of ShippingRule, plus `active`."""
    countries = zone.countries if zone else ()
    rule = ShippingRule.model_validate({**fields, "id": rule_id, "countries": countries})
    return ShippingWay(rule, zone, fields.get("active", True))


def changed(current: ShippingWay, changes: Mapping[str, Any], zone: ShippingZone | None) -> ShippingWay:
    """The way to ship with some of its fields replaced, in this zone."""
    return way(current.rule.id, {**current.rule.model_dump(), "active": current.active, **changes}, zone)

"""Bodies of the shipping rule routes."""

from typing import Annotated, cast
from uuid import UUID

from contracts.money import MinorUnits
from contracts.ruleset import ShippingRuleType
from pydantic import Field
from servicekit.http.bodies import Body, View

from pricing.fields import Amounts, Name, given
from pricing.shipping_rules.domain import ShippingRuleChanges, ShippingWay


class ShippingRuleFields(Body):
    """What may be left out of a shipping rule. Amounts are minor units by currency."""

    zone_id: UUID | None = None
    """Where it is offered; null is everywhere."""
    type: ShippingRuleType = ShippingRuleType.FLAT_RATE
    free_over: Amounts = Field(default_factory=dict)
    """Free from this value of the goods after discounts."""
    estimated_days: Annotated[int, Field(ge=0, le=365)] | None = None
    taxable: bool = True
    active: bool = True


class NewShippingRule(ShippingRuleFields):
    """POST /api/admin/shipping-rules."""

    name: Name
    amounts: Annotated[Amounts, Field(min_length=1)]
    """A currency that is not named is not offered."""

    def fields(self) -> ShippingRuleChanges:
        """What was sent, by the names of the domain."""
        return cast(ShippingRuleChanges, given(self))


class ShippingRuleChange(ShippingRuleFields):
    """PATCH /api/admin/shipping-rules/{id}: only what is sent changes."""

    name: Name | None = None
    amounts: Annotated[Amounts, Field(min_length=1)] | None = None

    def changes(self) -> ShippingRuleChanges:
        """What was sent, by the names of the domain."""
        return cast(ShippingRuleChanges, given(self, never_null=("name", "amounts")))


class ShippingRuleView(View):
    """A shipping rule as the admin sees it."""

    id: UUID
    zone_id: UUID | None
    name: str
    type: ShippingRuleType
    amounts: dict[str, MinorUnits]
    free_over: dict[str, MinorUnits]
    estimated_days: int | None
    taxable: bool
    active: bool

    @classmethod
    def of(cls, way: ShippingWay) -> "ShippingRuleView":
        """Show a shipping rule."""
        rule = way.rule.model_dump(exclude={"countries"})
        return cls(zone_id=way.zone.id if way.zone else None, active=way.active, **rule)

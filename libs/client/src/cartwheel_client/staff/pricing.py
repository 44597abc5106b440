"""The rules of price: promotions, taxes, shipping, and how amounts are rounded."""

from dataclasses import dataclass
from typing import Generic, TypeVar, Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, Connection
from cartwheel_client.model import Model
from cartwheel_client.models.pricing import (
    NewPromotion,
    NewShippingRule,
    NewTaxRate,
    NewZone,
    PricingSettingsView,
    PromotionChange,
    PromotionView,
    PromotionViewPage,
    PutPricingSettings,
    ShippingRuleChange,
    ShippingRuleView,
    ShippingRuleViewPage,
    TaxRateChange,
    TaxRateView,
    TaxRateViewPage,
    ZoneChange,
    ZoneView,
    ZoneViewPage,
)

_SETTINGS = "/api/admin/pricing-settings"

NewT = TypeVar("NewT", bound=Model)
ChangeT = TypeVar("ChangeT", bound=Model)
ViewT = TypeVar("ViewT", bound=Model)
PageT = TypeVar("PageT", bound=Model)


@dataclass(frozen=True, slots=True)
class Rules(Generic[NewT, ChangeT, ViewT, PageT]):
    """Rules of one kind."""

    connection: Connection
    path: str
    view: type[ViewT]
    page: type[PageT]

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> PageT:
        """A page of them."""
        return await self.connection.read(self.page, self.path, limit=limit, cursor=cursor)

    async def read(self, rule_id: UUID) -> ViewT:
        """One of them."""
        return await self.connection.read(self.view, f"{self.path}/{rule_id}")

    async def create(self, rule: NewT, **conditions: Unpack[Conditions]) -> ViewT:
        """Make a rule; carts are priced by it within seconds."""
        return await self.connection.change(self.view, "POST", self.path, rule, conditions=conditions)

    async def change(self, rule_id: UUID, change: ChangeT, **conditions: Unpack[Conditions]) -> ViewT:
        """Change what the body names."""
        path = f"{self.path}/{rule_id}"
        return await self.connection.change(self.view, "PATCH", path, change, conditions=conditions)

    async def delete(self, rule_id: UUID, **conditions: Unpack[Conditions]) -> None:
        """Do away with it."""
        await self.connection.perform("DELETE", f"{self.path}/{rule_id}", conditions=conditions)


class Pricing:
    """A company's rules of price."""

    def __init__(self, connection: Connection) -> None:
        admin = "/api/admin"
        self._connection = connection
        self.promotions: Rules[NewPromotion, PromotionChange, PromotionView, PromotionViewPage] = Rules(
            connection, f"{admin}/promotions", PromotionView, PromotionViewPage
        )
        self.tax_rates: Rules[NewTaxRate, TaxRateChange, TaxRateView, TaxRateViewPage] = Rules(
            connection, f"{admin}/tax-rates", TaxRateView, TaxRateViewPage
        )
        self.shipping_zones: Rules[NewZone, ZoneChange, ZoneView, ZoneViewPage] = Rules(
            connection, f"{admin}/shipping-zones", ZoneView, ZoneViewPage
        )
        self.shipping_rules: Rules[NewShippingRule, ShippingRuleChange, ShippingRuleView, ShippingRuleViewPage] = Rules(
            connection, f"{admin}/shipping-rules", ShippingRuleView, ShippingRuleViewPage
        )

    async def settings(self) -> PricingSettingsView:
        """How amounts are rounded, and where tax is in them."""
        return await self._connection.read(PricingSettingsView, _SETTINGS)

    async def put_settings(self, settings: PutPricingSettings, **conditions: Unpack[Conditions]) -> PricingSettingsView:
        """Replace all settings; what is left out is the default."""
        return await self._connection.change(PricingSettingsView, "PUT", _SETTINGS, settings, conditions=conditions)

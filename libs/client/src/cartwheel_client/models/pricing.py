"""Generated from services/pricing/openapi.json by `make client`; not written by hand."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict
from pydantic.alias_generators import to_camel

from cartwheel_client.model import Model


class NewZone(Model):
    """POST /api/admin/shipping-zones."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    countries: list[str] = []
    states: list[str] = []
    postal_prefixes: list[str] = []
    name: str


class PromotionNotice(Model):
    """Something the admin should know about a promotion."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: Literal["USAGE_LIMIT_IS_SOFT"]
    message: str


class PromotionView(Model):
    """A promotion as the admin sees it."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    name: str
    code: str | None
    type: Literal["PERCENTAGE_OFF", "FIXED_AMOUNT_OFF", "FREE_SHIPPING"] | str
    scope: Literal["PRODUCT", "CATEGORY", "CART", "SHIPPING"] | str
    basis_points: int | None
    amounts: dict[str, int]
    min_subtotal: dict[str, int]
    min_quantity: int
    product_ids: list[UUID]
    category_ids: list[str]
    site_ids: list[UUID]
    currencies: list[str]
    customer_groups: list[str]
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    first_order_only: bool
    lane: int
    priority: int
    exclusive: bool
    usage_limit: int | None
    times_used: int
    active: bool
    notices: list[PromotionNotice]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ShippingRuleView(Model):
    """A shipping rule as the admin sees it."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    zone_id: UUID | None
    name: str
    type: Literal["FLAT_RATE"] | str
    amounts: dict[str, int]
    free_over: dict[str, int]
    estimated_days: int | None
    taxable: bool
    active: bool


class ZoneChange(Model):
    """PATCH /api/admin/shipping-zones/{id}: only what is sent changes."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    countries: list[str] = []
    states: list[str] = []
    postal_prefixes: list[str] = []
    name: str | None = None


class ZoneView(Model):
    """A shipping zone as the admin sees it."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    name: str
    countries: list[str]
    states: list[str]
    postal_prefixes: list[str]


class NewPromotion(Model):
    """POST /api/admin/promotions."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: str | None = None
    basis_points: int | None = None
    amounts: dict[str, int] | None = None
    min_subtotal: dict[str, int] | None = None
    min_quantity: int = 0
    product_ids: list[UUID] = []
    category_ids: list[str] = []
    site_ids: list[UUID] = []
    currencies: list[str] = []
    customer_groups: list[str] = []
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    first_order_only: bool = False
    lane: int = 0
    priority: int = 0
    exclusive: bool = False
    usage_limit: int | None = None
    active: bool = True
    name: str
    type: Literal["PERCENTAGE_OFF", "FIXED_AMOUNT_OFF", "FREE_SHIPPING"] | str
    scope: Literal["PRODUCT", "CATEGORY", "CART", "SHIPPING"] | str


class NewShippingRule(Model):
    """POST /api/admin/shipping-rules."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    zone_id: UUID | None = None
    type: Literal["FLAT_RATE"] | str = "FLAT_RATE"
    free_over: dict[str, int] | None = None
    estimated_days: int | None = None
    taxable: bool = True
    active: bool = True
    name: str
    amounts: dict[str, int]


class NewTaxRate(Model):
    """POST /api/admin/tax-rates."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    state: str | None = None
    postal_prefix: str | None = None
    category: str | None = None
    compound: bool = False
    shipping_taxable: bool = True
    priority: int = 0
    name: str
    type: Literal["SALES_TAX", "VAT", "GST", "HST", "PST", "CONSUMPTION"] | str
    country: str
    rate_ppm: int


class PromotionViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[PromotionView]
    next_cursor: str | None = None


class ShippingRuleViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[ShippingRuleView]
    next_cursor: str | None = None


class ZoneViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[ZoneView]
    next_cursor: str | None = None


class PricingSettingsView(Model):
    """The settings that hold."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    rounding_mode: Literal["HALF_EVEN", "HALF_UP", "HALF_DOWN"] | str
    rounding_scope: Literal["LINE", "UNIT"] | str
    tax_inclusive: bool
    default_country: str | None
    best_deal: bool


class PromotionChange(Model):
    """PATCH /api/admin/promotions/{id}: only what is sent changes."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: str | None = None
    basis_points: int | None = None
    amounts: dict[str, int] | None = None
    min_subtotal: dict[str, int] | None = None
    min_quantity: int = 0
    product_ids: list[UUID] = []
    category_ids: list[str] = []
    site_ids: list[UUID] = []
    currencies: list[str] = []
    customer_groups: list[str] = []
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    first_order_only: bool = False
    lane: int = 0
    priority: int = 0
    exclusive: bool = False
    usage_limit: int | None = None
    active: bool = True
    name: str | None = None
    type: Literal["PERCENTAGE_OFF", "FIXED_AMOUNT_OFF", "FREE_SHIPPING"] | str | None = None
    scope: Literal["PRODUCT", "CATEGORY", "CART", "SHIPPING"] | str | None = None


class PutPricingSettings(Model):
    """PUT /api/admin/pricing-settings: the whole settings; what is left out is the default."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    rounding_mode: Literal["HALF_EVEN", "HALF_UP", "HALF_DOWN"] | str = "HALF_EVEN"
    rounding_scope: Literal["LINE", "UNIT"] | str = "LINE"
    tax_inclusive: bool = False
    default_country: str | None = None
    best_deal: bool = False


class ShippingRuleChange(Model):
    """PATCH /api/admin/shipping-rules/{id}: only what is sent changes."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    zone_id: UUID | None = None
    type: Literal["FLAT_RATE"] | str = "FLAT_RATE"
    free_over: dict[str, int] | None = None
    estimated_days: int | None = None
    taxable: bool = True
    active: bool = True
    name: str | None = None
    amounts: dict[str, int] | None = None


class TaxRateChange(Model):
    """PATCH /api/admin/tax-rates/{id}: only what is sent changes."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    state: str | None = None
    postal_prefix: str | None = None
    category: str | None = None
    compound: bool = False
    shipping_taxable: bool = True
    priority: int = 0
    name: str | None = None
    type: Literal["SALES_TAX", "VAT", "GST", "HST", "PST", "CONSUMPTION"] | str | None = None
    country: str | None = None
    rate_ppm: int | None = None


class TaxRateView(Model):
    """A tax rate as the admin sees it."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    name: str
    type: Literal["SALES_TAX", "VAT", "GST", "HST", "PST", "CONSUMPTION"] | str
    country: str
    state: str | None
    postal_prefix: str | None
    category: str | None
    rate_ppm: int
    compound: bool
    shipping_taxable: bool
    priority: int


class TaxRateViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[TaxRateView]
    next_cursor: str | None = None

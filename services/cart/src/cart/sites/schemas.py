"""Companies and sites as the admin routes read and answer them (api.md, "Site settings")."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from contracts.money import CurrencyCode
from pydantic import AfterValidator, Field, StringConstraints
from servicekit.http.bodies import Body, View
from servicekit.http.free_text import CONTROLS

MAX_SECONDS = 2_000_000_000
MAX_DAYS = 36_500

SiteType = Literal["STOREFRONT", "FUNNEL", "TRIAL", "MARKETPLACE", "B2B_PORTAL"]
Strategy = Literal["larger", "sum", "guest_wins", "customer_wins"]
Mode = Literal["reserve_ttl", "validate_only"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35)]
Url = Annotated[str, StringConstraints(pattern=rf"^https?://[^\s{CONTROLS}]+$", max_length=500)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone of the IANA database, such as Europe/Berlin")
    return name


def _somebody(company_id: UUID) -> UUID:
    if company_id.int == 0:
        raise ValueError("is nobody's id")
    return company_id


CompanyId = Annotated[UUID, AfterValidator(_somebody)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
MaxQuantity = Annotated[int, Field(ge=1, le=1_000_000)]
MaxLines = Annotated[int, Field(ge=1, le=5_000)]
AbandonmentSeconds = Annotated[int, Field(ge=1, le=MAX_SECONDS)]
MaxCompared = Annotated[int, Field(ge=2, le=10)]
ExpirationDays = Annotated[int, Field(ge=1, le=MAX_DAYS)]


class CreateCompany(Body):
    """A company; its id may be given, so that creating it again changes nothing but its name."""

    id: CompanyId | None = None
    name: Name


class CompanyView(View):
    """A company."""

    id: UUID
    name: str
    created_at: datetime


class CreateSite(Body):
    """A site; what is not given has the platform's default. Its id may be given."""

    id: UUID | None = None
    name: Name
    type: SiteType = "STOREFRONT"
    currency: CurrencyCode
    locale: Locale = "en"
    timezone: TimeZone = "UTC"
    portal_url: Url | None = None
    merge_strategy: Strategy = "larger"
    max_quantity_per_line: MaxQuantity = 100
    max_lines: MaxLines = 200
    abandonment_seconds: AbandonmentSeconds | None = None
    cart_expiration_days: ExpirationDays = 30
    inventory_mode: Mode = "reserve_ttl"
    enable_wishlist: bool = True
    enable_compare: bool = False
    max_compare_items: MaxCompared = 4


class ChangeSite(Body):
    """What is to change; everything else stays."""

    name: Name | None = None
    type: SiteType | None = None
    currency: CurrencyCode | None = None
    locale: Locale | None = None
    timezone: TimeZone | None = None
    portal_url: Url | None = None
    merge_strategy: Strategy | None = None
    max_quantity_per_line: MaxQuantity | None = None
    max_lines: MaxLines | None = None
    abandonment_seconds: AbandonmentSeconds | None = None
    cart_expiration_days: ExpirationDays | None = None
    inventory_mode: Mode | None = None
    enable_wishlist: bool | None = None
    enable_compare: bool | None = None
    max_compare_items: MaxCompared | None = None


class SiteView(View):
    """A site with all its settings."""

    id: UUID
    company_id: UUID
    name: str
    type: str
    currency: str
    locale: str
    timezone: str
    portal_url: str
    merge_strategy: str
    max_quantity_per_line: int
    max_lines: int
    abandonment_seconds: int
    cart_expiration_days: int
    inventory_mode: str = "reserve_ttl"
    enable_wishlist: bool = True
    enable_compare: bool = False
    max_compare_items: int = 4
    version: int
    created_at: datetime
    updated_at: datetime

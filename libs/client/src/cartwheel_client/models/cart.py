"""Generated from services/cart/openapi.json by `make client`; not written by hand."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.alias_generators import to_camel

from cartwheel_client.model import Model


class ActivityView(Model):
    """One entry of a cart's timeline."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    version: int
    kind: str
    actor: str
    data: dict[str, Any]
    at: AwareDatetime


class AddItem(Model):
    """A product to add. A product with one variant needs no variantId; `size` is short for the option of that name."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None = None
    quantity: int
    options: dict[str, str] = {}
    size: str | None = None
    source: str | None = None
    meta: dict[str, Any] | None = None
    rental: dict[str, Any] | None = None


class AddOperation(Model):
    """Add a product, as POST …/items does."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None = None
    quantity: int
    options: dict[str, str] = {}
    size: str | None = None
    source: str | None = None
    meta: dict[str, Any] | None = None
    rental: dict[str, Any] | None = None
    op: Literal["add"]


class AddWish(Model):
    """A product to wish for; without a variant the choice of one is left for later."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None = None
    quantity: int = 1
    note: str | None = None
    options: dict[str, str] = {}


class Address(Model):
    """Where to: no street and no name are needed."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    country: str
    state: str | None = None
    postal_code: str | None = None
    city: str | None = None


class AddressView(Model):
    """Where the cart is shipped to."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    country: str
    state: str | None
    postal_code: str | None
    city: str | None


class ApplyCode(Model):
    """A discount code, in any case."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: str


class AttributeRowView(Model):
    """One attribute side by side: a value for each item in their order, null where it has none."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str
    values: list[str | None]
    differs: bool


class AvailabilityView(Model):
    """Whether the line can still be bought; `left` is null where that is not limited."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    in_stock: bool
    left: int | None


class CartSummary(Model):
    """A cart in a list; `total` in minor units of its currency, as last priced."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    site_id: UUID
    customer_id: str | None
    status: str
    currency: str
    item_count: int
    total: int
    has_contact: bool
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime
    last_activity_at: AwareDatetime
    abandoned_at: AwareDatetime | None
    converted_at: AwareDatetime | None
    order_id: str | None
    visitor_id: str | None = None


class CartTotals(Model):
    """The totals of a quote (rules.md 4); `item_count` is the sum of quantities."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    item_count: int
    subtotal: int
    discount_total: int
    shipping_total: int
    tax_total: int
    total: int


class ChangeSite(Model):
    """What is to change; everything else stays."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str | None = None
    type: Literal["STOREFRONT", "FUNNEL", "TRIAL", "MARKETPLACE", "B2B_PORTAL"] | None = None
    currency: str | None = None
    locale: str | None = None
    timezone: str | None = None
    portal_url: str | None = None
    merge_strategy: Literal["larger", "sum", "guest_wins", "customer_wins"] | None = None
    max_quantity_per_line: int | None = None
    max_lines: int | None = None
    abandonment_seconds: int | None = None
    cart_expiration_days: int | None = None
    inventory_mode: Literal["reserve_ttl", "validate_only"] | None = None
    enable_wishlist: bool | None = None
    enable_compare: bool | None = None
    max_compare_items: int | None = None


class ChangeWish(Model):
    """What is to change of a wish; `priority` is its place, 1 the first; an empty note takes it off."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    quantity: int | None = None
    note: str | None = None
    priority: int | None = None


class ChooseShipping(Model):
    """The id of one of the options that the shipping estimate offers."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID


class CompanyView(Model):
    """A company."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    name: str
    created_at: AwareDatetime


class CompareItem(Model):
    """A product to compare; without a variant it is compared as a whole."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None = None


class ComparedItemView(Model):
    """One product that is compared, as it is today."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None
    sku: str | None
    title: str
    slug: str | None
    image_url: str | None
    options: dict[str, str]
    price: int | None
    compare_at_price: int | None
    availability: AvailabilityView
    id: UUID
    added_at: AwareDatetime


class CopyChangeView(Model):
    """What became of one product of a list that was copied."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None
    kind: str
    reason: str | None
    message: str | None


class CreateCart(Model):
    """
    A new cart; without a site it is the company's first, without a currency the site's.

    `visitorId` is by what the storefront recognises a browser, whose carts staff find by it.
    """

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    currency: str | None = None
    site_id: UUID | None = None
    visitor_id: str | None = None


class CreateCompany(Model):
    """A company; its id may be given, so that creating it again changes nothing but its name."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID | None = None
    name: str


class CreateSite(Model):
    """A site; what is not given has the platform's default. Its id may be given."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID | None = None
    name: str
    type: Literal["STOREFRONT", "FUNNEL", "TRIAL", "MARKETPLACE", "B2B_PORTAL"] = "STOREFRONT"
    currency: str
    locale: str = "en"
    timezone: str = "UTC"
    portal_url: str | None = None
    merge_strategy: Literal["larger", "sum", "guest_wins", "customer_wins"] = "larger"
    max_quantity_per_line: int = 100
    max_lines: int = 200
    abandonment_seconds: int | None = None
    cart_expiration_days: int = 30
    inventory_mode: Literal["reserve_ttl", "validate_only"] = "reserve_ttl"
    enable_wishlist: bool = True
    enable_compare: bool = False
    max_compare_items: int = 4


class DeadLetterView(Model):
    """A message that could not be handled, without its body."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    queue: str
    event_id: str
    event_type: str
    handlers: str
    attempts: int
    error: str
    first_failed_at: AwareDatetime
    last_failed_at: AwareDatetime


class DiscountView(Model):
    """What one promotion takes off; `code` is null for an automatic one."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: str | None
    promotion_id: UUID
    name: str
    amount: int


class FreeShippingView(Model):
    """How much more makes shipping free; minor units."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    remaining: int
    reached: bool


class FullLine(Model):
    """A line as a shopper saw it: what a mail or an order needs."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    line_id: UUID
    product_id: UUID
    variant_id: UUID
    quantity: int
    unit_price: int
    line_discount: int
    line_total: int
    source: str | None = None
    bundle_group_id: UUID | None = None
    sku: str
    title: str
    image_url: str | None = None
    options: dict[str, str] = {}


class HoldLineView(Model):
    """What is held of one SKU."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    sku: str
    quantity: int


class HoldSummaryView(Model):
    """The cart's newest hold."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    status: str
    expires_at: AwareDatetime | None


class HoldView(Model):
    """A cart's hold by inventory's clock; `status` is NONE where there is none."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    status: Literal["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED", "NONE"] | str
    expires_at: AwareDatetime | None
    seconds_left: int
    lines: list[HoldLineView]


class JobRunView(Model):
    """What a run by hand did, or would have done."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str
    dry_run: bool
    count: int
    details: dict[str, Any] = {}


class JobView(Model):
    """
    A timed job and how it last went; a run spans all companies, so what it did and why it failed is the platform's.

    For everybody else `count` and `error` are null and `details` empty.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str
    schedule: str
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    duration_seconds: float | None = None
    count: int | None = None
    error: str | None = None
    runs: int = 0
    failures: int = 0
    details: dict[str, Any] = {}


class LinkView(Model):
    """That a link opens the list, and until when; the link itself was shown once."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    expires_at: AwareDatetime


class ListedProductView(Model):
    """
    A product of the catalogue as it is now.

    `price` is null where it is not for sale in the currency. Where no variant was chosen `variantId`, `sku` and
    `availability.left` are null, and the price is that of the cheapest.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None
    sku: str | None
    title: str
    slug: str | None
    image_url: str | None
    options: dict[str, str]
    price: int | None
    compare_at_price: int | None
    availability: AvailabilityView


class MergeCart(Model):
    """The guest's session to merge into the signed-in customer's cart; without a strategy the site's (rules.md 11)."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    session_token: str
    strategy: Literal["larger", "sum", "guest_wins", "customer_wins"] | None = None


class MergeChangeView(Model):
    """One line that the merge changed, and why."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    item_id: UUID
    sku: str
    kind: str
    from_: Annotated[int, Field(alias="from")]
    to: int
    reason: str
    message: str | None = None


class MoveToCart(Model):
    """How a wish goes into the cart: with the variant and quantity of the wish, unless others are named."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    variant_id: UUID | None = None
    quantity: int | None = None
    options: dict[str, str] = {}


class NewLinkView(Model):
    """A link that opens the list for whoever has it: shown once, stored only as a hash."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    url: str
    token: str
    expires_at: AwareDatetime


class NewShareLinkView(Model):
    """A new link with the token that opens it: shown once, stored only as a hash."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    created_at: AwareDatetime
    expires_at: AwareDatetime
    token: str


class NotCopiedView(Model):
    """An item of which the cart has fewer than were shared; `copied` is how many it has."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    requested: int
    copied: int
    reason: str
    message: str


class NoticeView(Model):
    """Something the shopper should know about a line, or about the cart where there is no `itemId`."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: str
    message: str
    item_id: UUID | None


class OrderedLine(Model):
    """How many of a line were ordered; what the cart has beyond that stays with the shopper."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    line_id: UUID
    quantity: int


class ActivityViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[ActivityView]
    next_cursor: str | None = None


class CartSummaryPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[CartSummary]
    next_cursor: str | None = None


class CompanyViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[CompanyView]
    next_cursor: str | None = None


class DeadLetterViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[DeadLetterView]
    next_cursor: str | None = None


class JobViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[JobView]
    next_cursor: str | None = None


class PriceChangedView(Model):
    """The catalogue's price is no longer the line's; minor units."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    from_: Annotated[int, Field(alias="from")]
    to: int


class Readiness(Model):
    """Whether traffic should come, and how each dependency is."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    status: Literal["ready", "degraded", "unavailable", "stopping"] | str
    service: str
    dependencies: dict[str, Literal["up", "busy", "down"] | str]


class RejectedCodeView(Model):
    """A code on the cart that takes nothing off, and why."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: str
    reason: str
    message: str | None = None


class RemoveOperation(Model):
    """Take a line out."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    op: Literal["remove"]
    item_id: UUID


class ReplayView(Model):
    """
    What a walk through the dead letters did, of those that the caller may see.

    `replayed` went to their queues. The others stay: `skipped` do not fit the filter, `withheld` have no body, `tooOld`
    failed more than 14 days ago, the queue of `queueGone` does not exist any more. When not `isComplete` the time was
    over, and sending the request again goes on.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    replayed: int
    skipped: int
    withheld: int
    too_old: int
    queue_gone: int
    is_complete: bool


class Selection(Model):
    """Which variant a component of the bundle is to be."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    item_id: UUID
    variant_id: UUID


class ServiceErasureView(Model):
    """What became of it in one service."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    service: str
    state: Literal["PENDING", "ERASED"] | str
    erased_at: AwareDatetime | None


class SetContact(Model):
    """Where the shopper may be reached about this cart, and whether they agreed to it."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    email: str
    consent: bool
    locale: str | None = None


class SetOperation(Model):
    """Set a line's quantity."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    op: Literal["set"]
    item_id: UUID
    quantity: int


class SetQuantity(Model):
    """A line's new quantity; to have none, delete the line."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    quantity: int


class ShareCart(Model):
    """For how long a link is to work; a week unless said otherwise."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    expires_in_hours: int = 168


class ShareLinkView(Model):
    """A link to the cart, without its token."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    created_at: AwareDatetime
    expires_at: AwareDatetime


class ShareLinksView(Model):
    """The links to a cart that work, the newest first."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[ShareLinkView]


class ShareList(Model):
    """How many days the link is to open the list; 30 unless something is said."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    days: int | None = None


class SharedComparisonView(Model):
    """What a link shows of a comparison: not whose it is."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    site_id: UUID
    currency: str
    items: list[ListedProductView]
    attributes: list[AttributeRowView]
    expires_at: AwareDatetime


class SharedItemView(Model):
    """An item of a shared cart at the catalogue's price of now; no price where it cannot be bought any more."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    quantity: int
    unit_price: int | None
    compare_at_price: int | None
    line_subtotal: int | None
    availability: AvailabilityView


class SharedWishView(Model):
    """A product that somebody wishes for, in their order: neither what they noted nor who they are."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None
    sku: str | None
    title: str
    slug: str | None
    image_url: str | None
    options: dict[str, str]
    price: int | None
    compare_at_price: int | None
    availability: AvailabilityView
    quantity: int


class SharedWishlistView(Model):
    """What a link shows of a wishlist."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    site_id: UUID
    currency: str
    item_count: int
    items: list[SharedWishView]
    expires_at: AwareDatetime


class SiteView(Model):
    """A site with all its settings."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
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
    created_at: AwareDatetime
    updated_at: AwareDatetime


class StatsView(Model):
    """Carts by state now; the values are of open carts in `currency`, as last priced. Final states count all time."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    currency: str
    active: int
    abandoned: int
    converted: int
    merged: int
    expired: int
    total_value: int
    average_value: int


class TaxRateView(Model):
    """One rate's part of the tax. `rate` is in percent, as a decimal text."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str
    type: str
    rate: str
    amount: int


class TaxView(Model):
    """The tax at the address, shipping included; minor units."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    currency: str
    tax_total: int
    rates: list[TaxRateView]
    inclusive: bool


class TotalsView(Model):
    """The sums (rules.md 4); minor units."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    item_count: int
    subtotal: int
    discount_total: int
    shipping_total: int
    tax_total: int
    gift_card_total: int
    points_total: int
    total: int


class WishView(Model):
    """One wish, with the product as it is today; `priority` is its place, `wishedOptions` the shopper's own."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID | None
    sku: str | None
    title: str
    slug: str | None
    image_url: str | None
    options: dict[str, str]
    price: int | None
    compare_at_price: int | None
    availability: AvailabilityView
    id: UUID
    quantity: int
    note: str | None
    wished_options: dict[str, str]
    priority: int
    added_at: AwareDatetime


class WishlistView(Model):
    """
    A whole wishlist, in its order; its version is the ETag, 0 while nothing was ever on it.

    While the site has wishlists switched off it is empty, with `enabled: false`.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    site_id: UUID
    currency: str
    version: int
    item_count: int
    items: list[WishView]
    share: LinkView | None


class CartCartsRoutesSchemasShippingOptionView(Model):
    """The way to ship that is charged, with tax; the cheapest, unless one was chosen. Minor units."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    name: str
    amount: int


class CartEstimatesSchemasShippingOptionView(Model):
    """One way to ship the cart, with tax."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: str
    name: str
    amount: int
    estimated_days: int | None
    free: bool


class AddBundle(Model):
    """A bundle to add; of a component that no selection names the first variant is taken."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    bundle_id: UUID
    quantity: int = 1
    selections: Annotated[list[Selection], Field(validate_default=True)] = []
    source: str | None = None


class BundleInCartView(Model):
    """
    A bundle in the cart, so many times, and its lines; minor units, before promotions.

    `price` is for one, null where it costs its lines less `discountBasisPoints`; `subtotal` is what its lines cost by
    themselves. `available` false: no more of it can be bought.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    group_id: UUID
    bundle_id: UUID
    title: str
    image_url: str | None
    quantity: int
    item_ids: list[UUID]
    price: int | None
    discount_basis_points: int | None
    subtotal: int
    discount: int
    total: int
    available: bool
    price_changed: PriceChangedView | None


class CartConvertedAnswer(Model):
    """What was ordered, and the cart that keeps what was not."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    cart_id: UUID
    order_id: str
    currency: str
    totals: CartTotals
    remaining_cart_id: UUID | None = None


class CartSnapshot(Model):
    """GET /internal/carts/{id}: the cart as it is now, re-priced; asked before a mail is sent (rules.md 28)."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    cart_id: UUID
    site_id: UUID
    customer_id: str | None
    status: Literal["ACTIVE", "ABANDONED", "CONVERTED", "MERGED", "EXPIRED"] | str
    version: int
    currency: str
    abandonment_id: UUID | None
    last_activity_at: AwareDatetime
    lines: list[FullLine]
    totals: CartTotals
    frozen_until: AwareDatetime | None = None


class ChangeItems(Model):
    """Changes of lines that are made together, in this order; where one is refused none is made."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    operations: list[Annotated[AddOperation | SetOperation | RemoveOperation, Field(discriminator="op")]]


class ComparisonView(Model):
    """
    A whole comparison; its version is the ETag, 0 while nothing was ever compared.

    While the site has comparisons switched off it is empty, with `enabled: false`.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    site_id: UUID
    currency: str
    version: int
    max_items: int
    items: list[ComparedItemView]
    attributes: list[AttributeRowView]
    share: LinkView | None


class ConvertCart(Model):
    """
    POST /internal/carts/{id}/convert: the order system took this cart's order (rules.md 16).

    `order_id` makes it idempotent: the same order again answers the same; another order is CART_CONVERTED.
    `lines` null orders the whole cart; else exactly those lines are ordered and the rest moves to a new ACTIVE cart.
    `expected_total` is what the order system charged: another total is refused, so that prices always add up.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    order_id: str
    lines: list[OrderedLine] | None = None
    expected_total: int | None = None


class CopiedWishlistView(Model):
    """The wishlist after another was copied into it, and what became of each product."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    site_id: UUID
    currency: str
    version: int
    item_count: int
    items: list[WishView]
    share: LinkView | None
    copy_changes: list[CopyChangeView]


class ErasureView(Model):
    """
    The erasure of a customer: ERASED when every service has answered.

    Until `watchedUntil`, what the customer still makes is erased too; then `state` is PENDING again for a while.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    state: Literal["PENDING", "ERASED"] | str
    requested_at: AwareDatetime
    watched_until: AwareDatetime
    completed_at: AwareDatetime | None
    services: list[ServiceErasureView]


class LineView(Model):
    """One line; amounts in minor units of the cart's currency."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    quantity: int
    unit_price: int
    compare_at_price: int | None
    line_subtotal: int
    line_discount: int
    line_tax: int
    line_total: int
    bundle_group_id: UUID | None
    source: str | None
    meta: dict[str, Any] | None
    rental: dict[str, Any] | None
    availability: AvailabilityView
    price_changed: PriceChangedView | None


class MergedCartView(Model):
    """The customer's cart after a merge, with every difference."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    company_id: UUID
    site_id: UUID
    customer_id: str | None
    status: Literal["ACTIVE", "ABANDONED", "CONVERTED", "MERGED", "EXPIRED"] | str
    currency: str
    version: int
    items: list[LineView]
    bundles: Annotated[list[BundleInCartView], Field(validate_default=True)] = []
    saved_items: list[LineView]
    discounts: list[DiscountView]
    rejected_codes: list[RejectedCodeView]
    gift_cards: list[dict[str, Any]]
    address: AddressView | None = None
    shipping_option: CartCartsRoutesSchemasShippingOptionView | None = None
    pricing: Literal["final", "estimated"] | str
    totals: TotalsView
    free_shipping: FreeShippingView | None
    hold: HoldSummaryView | None
    frozen_until: AwareDatetime | None = None
    notices: list[NoticeView]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    expires_at: AwareDatetime
    explanation: dict[str, Any] | None = None
    merge_changes: list[MergeChangeView]


class NewGuestCartView(Model):
    """A new guest's cart with the token that opens it: shown once, stored only as a hash."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    company_id: UUID
    site_id: UUID
    customer_id: str | None
    status: Literal["ACTIVE", "ABANDONED", "CONVERTED", "MERGED", "EXPIRED"] | str
    currency: str
    version: int
    items: list[LineView]
    bundles: Annotated[list[BundleInCartView], Field(validate_default=True)] = []
    saved_items: list[LineView]
    discounts: list[DiscountView]
    rejected_codes: list[RejectedCodeView]
    gift_cards: list[dict[str, Any]]
    address: AddressView | None = None
    shipping_option: CartCartsRoutesSchemasShippingOptionView | None = None
    pricing: Literal["final", "estimated"] | str
    totals: TotalsView
    free_shipping: FreeShippingView | None
    hold: HoldSummaryView | None
    frozen_until: AwareDatetime | None = None
    notices: list[NoticeView]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    expires_at: AwareDatetime
    explanation: dict[str, Any] | None = None
    session_token: str


class SiteViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[SiteView]
    next_cursor: str | None = None


class SavedItemsView(Model):
    """Lines that are saved for later, at the catalogue's price of now in minor units, without discounts and taxes."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    currency: str
    items: list[LineView]


class SharedCartView(Model):
    """What a link shows: no discounts, taxes or totals of whoever shared it, and nothing about them."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    currency: str
    expires_at: AwareDatetime
    item_count: int
    subtotal: int
    items: list[SharedItemView]


class ShippingView(Model):
    """Every way to ship to the address, the cheapest first."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    currency: str
    options: list[CartEstimatesSchemasShippingOptionView]
    free_shipping: FreeShippingView | None


class CartView(Model):
    """A whole cart; its version is the ETag."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    company_id: UUID
    site_id: UUID
    customer_id: str | None
    status: Literal["ACTIVE", "ABANDONED", "CONVERTED", "MERGED", "EXPIRED"] | str
    currency: str
    version: int
    items: list[LineView]
    bundles: Annotated[list[BundleInCartView], Field(validate_default=True)] = []
    saved_items: list[LineView]
    discounts: list[DiscountView]
    rejected_codes: list[RejectedCodeView]
    gift_cards: list[dict[str, Any]]
    address: AddressView | None = None
    shipping_option: CartCartsRoutesSchemasShippingOptionView | None = None
    pricing: Literal["final", "estimated"] | str
    totals: TotalsView
    free_shipping: FreeShippingView | None
    hold: HoldSummaryView | None
    frozen_until: AwareDatetime | None = None
    notices: list[NoticeView]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    expires_at: AwareDatetime
    explanation: dict[str, Any] | None = None


class CopiedCartView(Model):
    """One's own cart after copying, with what could not be copied."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    company_id: UUID
    site_id: UUID
    customer_id: str | None
    status: Literal["ACTIVE", "ABANDONED", "CONVERTED", "MERGED", "EXPIRED"] | str
    currency: str
    version: int
    items: list[LineView]
    bundles: Annotated[list[BundleInCartView], Field(validate_default=True)] = []
    saved_items: list[LineView]
    discounts: list[DiscountView]
    rejected_codes: list[RejectedCodeView]
    gift_cards: list[dict[str, Any]]
    address: AddressView | None = None
    shipping_option: CartCartsRoutesSchemasShippingOptionView | None = None
    pricing: Literal["final", "estimated"] | str
    totals: TotalsView
    free_shipping: FreeShippingView | None
    hold: HoldSummaryView | None
    frozen_until: AwareDatetime | None = None
    notices: list[NoticeView]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    expires_at: AwareDatetime
    explanation: dict[str, Any] | None = None
    not_copied: list[NotCopiedView]

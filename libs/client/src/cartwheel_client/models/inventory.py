"""Generated from services/inventory/openapi.json by `make client`; not written by hand."""

from uuid import UUID

from pydantic import AwareDatetime, ConfigDict
from pydantic.alias_generators import to_camel

from cartwheel_client.model import Model


class Adjustment(Model):
    """
    A correction of a stock row: by `delta` or to `onHand`, of its safety stock, or both; `reason` is kept.

    Without a warehouse the default one is meant.
    """

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    delta: int | None = None
    on_hand: int | None = None
    safety: int | None = None
    reason: str
    warehouse_id: UUID | None = None


class AvailabilityView(Model):
    """Whether it can be bought; `left` when that is few."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    in_stock: bool
    left: int | None


class CategoryView(Model):
    """A category with how many products on sale it has."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str
    products: int


class ImportErrorView(Model):
    """What is wrong at a line of the file; `field` is empty when it is the whole line."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    line: int
    field: str
    message: str


class ImportReportView(Model):
    """Products of the file by what became of them, and the first 1,000 errors."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    created: int
    updated: int
    unchanged: int
    rejected: int
    errors: list[ImportErrorView]


class ItemBody(Model):
    """A component: so many pieces of one of the variants. With an `id` that it has already it stays the same one."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID | None = None
    title: str | None = None
    quantity: int = 1
    variant_ids: list[UUID]


class ItemView(Model):
    """A component of a bundle."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    title: str
    quantity: int
    variant_ids: list[UUID]


class NewBundle(Model):
    """A bundle to be made, with `prices` or with `discountBasisPoints`; without a slug one is made of the title."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID | None = None
    title: str
    slug: str | None = None
    active: bool = True
    image_url: str | None = None
    prices: dict[str, int] | None = None
    discount_basis_points: int | None = None
    items: list[ItemBody]


class NewVariant(Model):
    """A variant to be made; without a title it takes its product's. `stock` goes to the default warehouse."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID | None = None
    sku: str
    title: str | None = None
    options: dict[str, str] | None = None
    prices: dict[str, int]
    compare_at_prices: dict[str, int] | None = None
    active: bool = True
    tracked: bool = True
    backorderable: bool = False
    weight_grams: int | None = None
    costs: dict[str, int] | None = None
    stock: int = 0


class NewVariantOfProduct(Model):
    """A variant for a product that exists."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID | None = None
    sku: str
    title: str | None = None
    options: dict[str, str] | None = None
    prices: dict[str, int]
    compare_at_prices: dict[str, int] | None = None
    active: bool = True
    tracked: bool = True
    backorderable: bool = False
    weight_grams: int | None = None
    costs: dict[str, int] | None = None
    stock: int = 0
    product_id: UUID


class NewWarehouse(Model):
    """A warehouse to be made; holds take from warehouses in rising `priority`, the default one having 0."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    code: str
    name: str
    priority: int = 100


class ProductPatch(Model):
    """
    Changes of a product. Null empties `imageUrl` and `taxCategory`; no other field may be null.

    `images` replaces all pictures, `imageUrl` the first. To make a deleted product active brings it back.
    """

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    handle: str | None = None
    title: str | None = None
    slug: str | None = None
    active: bool = True
    image_url: str | None = None
    images: list[str] | None = None
    categories: list[str] | None = None
    tax_category: str | None = None
    size_required: bool = False
    attributes: dict[str, str] | None = None


class StockView(Model):
    """A variant's stock in one warehouse; `available` is on hand - held - safety (rules.md 17)."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    variant_id: UUID
    product_id: UUID
    sku: str
    warehouse_id: UUID
    on_hand: int
    held: int
    safety: int
    available: int
    version: int
    tracked: bool
    backorderable: bool


class StorefrontVariant(Model):
    """A variant with its price in minor units of the answer's currency."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    sku: str
    title: str
    options: dict[str, str]
    price: int
    compare_at_price: int | None
    availability: AvailabilityView


class VariantPatch(Model):
    """Changes of a variant; `prices`, `costs` and `options` are replaced as a whole. Stock has a route of its own."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    sku: str | None = None
    title: str | None = None
    options: dict[str, str] | None = None
    prices: dict[str, int] | None = None
    compare_at_prices: dict[str, int] | None = None
    active: bool = True
    tracked: bool = True
    backorderable: bool = False
    weight_grams: int | None = None
    costs: dict[str, int] | None = None


class VariantView(Model):
    """A variant; `available` is null when it is not counted."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    product_id: UUID
    sku: str
    title: str
    options: dict[str, str]
    prices: dict[str, int]
    compare_at_prices: dict[str, int]
    active: bool
    tracked: bool
    backorderable: bool
    weight_grams: int | None
    costs: dict[str, int]
    available: int | None


class WarehouseView(Model):
    """A warehouse."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    code: str
    name: str
    priority: int
    is_default: bool
    created_at: AwareDatetime


class BundlePatch(Model):
    """
    Changes of a bundle. `items` replaces all components; prices replace a discount, and the other way round.

    Null empties `imageUrl`; no other field may be null. To make a deleted bundle active brings it back.
    """

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    title: str | None = None
    slug: str | None = None
    active: bool = True
    image_url: str | None = None
    prices: dict[str, int] | None = None
    discount_basis_points: int | None = None
    items: list[ItemBody] | None = None


class BundleView(Model):
    """A bundle with its components, in their order."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    slug: str
    title: str
    active: bool
    image_url: str | None
    prices: dict[str, int]
    discount_basis_points: int | None
    items: list[ItemView]
    deleted_at: AwareDatetime | None
    version: int


class CategoriesView(Model):
    """The categories of what is on sale, by name."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[CategoryView]


class NewProduct(Model):
    """
    A product to be made; without a handle its key is its first sku, without a slug one is made of the title.

    `imageUrl` is the first of `images`, and either says it alone.
    """

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID | None = None
    handle: str | None = None
    title: str
    slug: str | None = None
    active: bool = True
    image_url: str | None = None
    images: list[str] | None = None
    categories: list[str] | None = None
    tax_category: str | None = None
    size_required: bool = False
    attributes: dict[str, str] | None = None
    variants: list[NewVariant]


class BundleViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[BundleView]
    next_cursor: str | None = None


class StockViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[StockView]
    next_cursor: str | None = None


class VariantViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[VariantView]
    next_cursor: str | None = None


class WarehouseViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[WarehouseView]
    next_cursor: str | None = None


class ProductView(Model):
    """A product with its variants; `images` are all its pictures, the first one being `imageUrl`."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    handle: str
    title: str
    slug: str
    active: bool
    image_url: str | None
    images: list[str]
    categories: list[str]
    tax_category: str | None
    size_required: bool
    attributes: dict[str, str]
    deleted_at: AwareDatetime | None
    version: int
    variants: list[VariantView]


class StorefrontProduct(Model):
    """A product on sale, with those of its variants that have a price in `currency`."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    slug: str
    title: str
    currency: str
    image_url: str | None
    images: list[str]
    categories: list[str]
    attributes: dict[str, str]
    size_required: bool
    variants: list[StorefrontVariant]


class ProductViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[ProductView]
    next_cursor: str | None = None


class StorefrontProductPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[StorefrontProduct]
    next_cursor: str | None = None

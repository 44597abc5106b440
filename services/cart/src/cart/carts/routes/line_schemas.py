"""The lines and bundles of a cart as they are documented. Amounts are in minor units of the cart's currency."""

from typing import Annotated, Any
from uuid import UUID

from contracts.money import MinorUnits
from pydantic import Field
from servicekit.http.bodies import View


class AvailabilityView(View):
    """Whether the line can still be bought; `left` is null where that is not limited."""

    in_stock: bool
    left: int | None


class PriceChangedView(View):
    """The catalogue's price is no longer the line's; minor units."""

    from_: Annotated[int, Field(alias="from")]
    to: int


class LineView(View):
    """One line; amounts in minor units of the cart's currency."""

    id: UUID
    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    quantity: int
    unit_price: MinorUnits
    compare_at_price: MinorUnits | None
    line_subtotal: MinorUnits
    line_discount: MinorUnits
    line_tax: MinorUnits
    line_total: MinorUnits
    bundle_group_id: UUID | None
    source: str | None
    meta: dict[str, Any] | None
    rental: dict[str, Any] | None
    availability: AvailabilityView
    price_changed: PriceChangedView | None


class BundleInCartView(View):
    """A bundle in the cart, so many times, and its lines; minor units, before promotions.

    `price` is for one, null where it costs its lines less `discountBasisPoints`; `subtotal` is what its lines cost by
    themselves. `available` false: no more of it can be bought.
    """

    group_id: UUID
    bundle_id: UUID
    title: str
    image_url: str | None
    quantity: int
    item_ids: list[UUID]
    price: MinorUnits | None
    discount_basis_points: int | None
    subtotal: MinorUnits
    discount: MinorUnits
    total: MinorUnits
    available: bool
    price_changed: PriceChangedView | None

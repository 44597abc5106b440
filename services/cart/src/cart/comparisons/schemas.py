"""The bodies of the comparisons' routes and what they answer. Amounts are in minor units of the list's currency."""

from datetime import datetime
from uuid import UUID

from servicekit.http.bodies import Body, View

from cart.lists.schemas import LinkView, ListedProductView


class CompareItem(Body):
    """A product to compare; without a variant it is compared as a whole."""

    product_id: UUID
    variant_id: UUID | None = None


class ComparedItemView(ListedProductView):
    """One product that is compared, as it is today."""

    id: UUID
    added_at: datetime


class AttributeRowView(View):
    """One attribute side by side: a value for each item in their order, null where it has none."""

    name: str
    values: list[str | None]
    differs: bool


class ComparisonView(View):
    """A whole comparison; its version is the ETag, 0 while nothing was ever compared.

    While the site has comparisons switched off it is empty, with `enabled: false`.
    """

    enabled: bool
    site_id: UUID
    currency: str
    version: int
    max_items: int
    items: list[ComparedItemView]
    attributes: list[AttributeRowView]
    share: LinkView | None


class SharedComparisonView(View):
    """What a link shows of a comparison: not whose it is."""

    site_id: UUID
    currency: str
    items: list[ListedProductView]
    attributes: list[AttributeRowView]
    expires_at: datetime

"""What wishlists and comparisons read and show alike. Amounts are in minor units of the list's currency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.money import MinorUnits
from pydantic import Field
from servicekit.http.bodies import Body, View

from cart.carts.routes.line_schemas import AvailabilityView
from cart.lists.domain import MAX_LINK_DAYS


class ShareList(Body):
    """How many days the link is to open the list; 30 unless something is said."""

    days: Annotated[int, Field(ge=1, le=MAX_LINK_DAYS)] | None = None


class ListedProductView(View):
    """A product of the catalogue as it is now.

    `price` is null where it is not for sale in the currency. Where no variant was chosen `variantId`, `sku` and
    `availability.left` are null, and the price is that of the cheapest.
    """

    product_id: UUID
    variant_id: UUID | None
    sku: str | None
    title: str
    slug: str | None
    image_url: str | None
    options: dict[str, str]
    price: MinorUnits | None
    compare_at_price: MinorUnits | None
    availability: AvailabilityView


class LinkView(View):
    """That a link opens the list, and until when; the link itself was shown once."""

    expires_at: datetime


class NewLinkView(View):
    """A link that opens the list for whoever has it: shown once, stored only as a hash."""

    url: str
    token: str
    expires_at: datetime

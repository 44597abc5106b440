"""A link to a cart, and all that it shows: pure."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.value import value

from cart.carts.domain.cart import Cart
from cart.carts.domain.lines import CatalogueVariant, Line

MAX_LINKS: Final = 20
"""Links to one cart that work at a time; with one more the oldest ends."""

_TOKEN = re.compile(r"([0-9a-f]{32})[0-9a-f]{64}")


@value
class LinkToken:
    """What stands in a link: the company, and a secret that cannot be guessed. Only its hash is stored."""

    company_id: UUID
    text: str

    @classmethod
    def of(cls, company_id: UUID, secret: str) -> "LinkToken":
        """The token of this secret, which is 64 hex characters."""
        return cls(company_id, company_id.hex + secret)

    @classmethod
    def parse(cls, text: str) -> "LinkToken | None":
        """The token that a text is; None for what can be none."""
        found = _TOKEN.fullmatch(text)
        return cls(UUID(found[1]), text) if found else None


@value
class Link:
    """A link to a cart, without its token."""

    id: UUID
    created_at: datetime
    expires_at: datetime


@value
class NewLink:
    """A link that was made, with its token: the only time that it is shown."""

    link: Link
    token: LinkToken


@value
class SharedItem:
    """A line as everybody sees it who has the link: what the catalogue has of it now, and how many.

    Nothing that its shopper wrote is in it, and no price but the catalogue's. `needs_choice` is set where the line is
    more than its variant: with options of the shopper's own, rented, or part of a bundle.
    """

    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    image_url: str | None
    quantity: int
    needs_choice: bool
    variant: CatalogueVariant | None

    @classmethod
    def of(cls, line: Line) -> "SharedItem":
        """What a line shows to others."""
        variant = line.catalogue
        return cls(
            product_id=line.product_id,
            variant_id=line.variant_id,
            sku=line.sku,
            title=variant.title if variant else line.title,
            image_url=variant.image_url if variant else line.image_url,
            quantity=line.quantity,
            needs_choice=bool(
                line.rental or line.bundle_group_id or line.options.keys() - line.catalogue_options.keys()
            ),
            variant=variant,
        )

    def price_in(self, currency: str) -> int | None:
        """The catalogue's price of now in minor units; None for what cannot be bought in the currency."""
        return self.variant.prices.get(currency) if self.variant and self.variant.active else None


@value
class SharedCart:
    """A cart as its link shows it: whose it is, and what it is charged, is not in it."""

    company_id: UUID
    site_id: UUID
    currency: str
    expires_at: datetime
    items: tuple[SharedItem, ...]

    @classmethod
    def of(cls, cart: Cart, expires_at: datetime) -> "SharedCart":
        """What a link to this cart shows until it expires."""
        items = tuple(SharedItem.of(line) for line in cart.lines)
        return cls(cart.company_id, cart.site.id, cart.currency, expires_at, items)

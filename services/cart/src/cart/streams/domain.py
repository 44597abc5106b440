"""Who follows a cart, what hints say of carts, and why streams end: pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class About(StrEnum):
    """What a hint says has changed."""

    CART = "cart"
    PRODUCT = "product"
    """A product's price, its name, or what is left of one of its variants."""
    COMPANY = "company"
    """What all of a company's carts depend on: rules of price, settings of a site."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something has changed; how, is to be looked up. `id` is the cart's or the product's, else the company's."""

    about: About
    company_id: UUID
    id: UUID


class EndReason(StrEnum):
    """Why the service ends a stream, as its last event says."""

    CART_CONVERTED = "CART_CONVERTED"
    CART_EXPIRED = "CART_EXPIRED"
    SESSION_ENDED = "SESSION_ENDED"
    """The session opens no cart any more: its cart became a customer's, or is gone."""
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105  # a reason, no secret
    """To be opened again with a new token."""
    TOO_MANY_STREAMS = "TOO_MANY_STREAMS"
    """The shopper has opened so many newer ones."""
    FEATURE_DISABLED = "FEATURE_DISABLED"
    RESTARTING = "RESTARTING"
    """The process ends, or has kept the stream for so long that another may take it: to be opened again."""

    @property
    def may_return(self) -> bool:
        """Whether the same stream is to be opened again."""
        return self in {EndReason.RESTARTING, EndReason.TOKEN_EXPIRED}


FINAL = {"CONVERTED": EndReason.CART_CONVERTED, "EXPIRED": EndReason.CART_EXPIRED}
"""Why the streams of a cart in such a state end; one that was merged is opened by no session any more."""


@dataclass(frozen=True, slots=True)
class Audience:
    """All streams that show the same: one shopper's cart on one site, in one language.

    A guest has a session's hash, and may name the cart that it has to open. Who names no site gets the customer's open
    cart on the company's first, or whichever cart the session opens.
    """

    company_id: UUID
    session_hash: bytes | None
    customer_id: str | None
    cart_id: UUID | None
    site_id: UUID | None
    language: str

    @property
    def shopper(self) -> tuple[UUID, bytes | str | None]:
        """Who it is, whichever site or language: whom the limit of streams counts by."""
        return self.company_id, self.session_hash or self.customer_id


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a look found of an audience's cart; a customer may have none.

    `stamp` is another one whenever anything that the cart's view depends on was written.
    """

    cart_id: UUID | None
    status: str | None
    stamp: str

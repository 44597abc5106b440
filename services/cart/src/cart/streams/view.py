"""A cart as an event of a stream."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from servicekit.http.answers import to_json
from servicekit.http.event_stream import frame
from servicekit.languages.sentences import CURRENT, Translator

from cart.carts.domain.cart import Cart
from cart.carts.domain.pricing import PricedCart
from cart.carts.view import cart_view
from cart.streams.domain import EndReason

RETRY_MS: Final = 2_000
"""After how long a client comes back that was cut off by something else than us."""
RETURN_MS: Final = (1_000, 6_000)
"""When a client comes back whose process ends: at some moment between, so that not all come at once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A cart as a stream shows it, and what decides when to look again.

    `id` is its version with a digest of the content, so that it is another one too when a price, a hold or what is left
    has changed, and alike in every process: who comes back with it as Last-Event-ID has missed nothing.
    """

    id: str
    frame: bytes
    products: frozenset[UUID] = frozenset()
    changes_at: datetime | None = None
    """When the clock alone changes it next: a hold, a freeze or a code is over."""
    version: int = 0
    updated_at: datetime | None = None


NO_CART: Final = Shown("none", frame("cart", b"null", id="none"))
"""What a customer's stream shows while the customer has no cart."""


def shown(priced: PricedCart, now: datetime, translator: Translator | None) -> Shown:
    """The whole cart, as `GET` answers it in this language."""
    cart = priced.cart
    body = _written(priced, now, translator)
    name = f"{cart.version}-{hashlib.blake2b(body, digest_size=6).hexdigest()}"
    products = frozenset(line.product_id for line in (*cart.lines, *cart.saved_lines))
    return Shown(name, frame("cart", body, id=name), products, _changes_at(cart, now), cart.version, cart.updated_at)


def end_frame(reason: EndReason) -> bytes:
    """The last event: why, and whether the stream is to be opened again."""
    body = to_json({"reason": reason, "reconnect": reason.may_return})
    first, last = RETURN_MS
    retry = first + secrets.randbelow(last - first) if reason.may_return else None
    return frame("end", body, retry_ms=retry)


def _written(priced: PricedCart, now: datetime, translator: Translator | None) -> bytes:
    token = CURRENT.set(translator)
    try:
        return to_json(cart_view(priced.cart, priced.quote, now))
    finally:
        CURRENT.reset(token)


def _changes_at(cart: Cart, now: datetime) -> datetime | None:
    moments = [code.expires_at for code in cart.codes]
    if cart.hold is not None and cart.hold.status == "ACTIVE" and cart.hold.expires_at is not None:
        moments.append(cart.hold.expires_at)
    if (freeze := cart.freeze_at(now)) is not None:
        moments.append(freeze.until)
    return min((moment for moment in moments if moment > now), default=None)

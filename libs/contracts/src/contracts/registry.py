"""Every event there is, by its type on the wire."""

from typing import Any

from contracts import audit, cart, erasure, inventory, pricing, recovery, upsell
from contracts.base import Event
from contracts.envelope import Envelope

EVERY_SERVICE: tuple[type[Event], ...] = (audit.AuditRecorded, erasure.CustomerErased)
"""What each service publishes about itself."""

PUBLISHERS: dict[str, tuple[type[Event], ...]] = {
    "analytics": (),
    "cart": (
        cart.SiteChanged,
        cart.CartContactSet,
        cart.CartContactSetV1,
        cart.CartCreated,
        cart.CartViewed,
        cart.CartUpdated,
        cart.CartAbandoned,
        cart.CartReactivated,
        cart.CartMerged,
        cart.CartExpired,
        cart.CartConverted,
        cart.WishlistUpdated,
        cart.ComparisonUpdated,
        erasure.CustomerErasureRequested,
    ),
    "pricing": (pricing.RuleSetPublished, pricing.PromotionRedeemed),
    "inventory": (
        inventory.ProductChanged,
        inventory.StockChanged,
        inventory.BundleChanged,
        inventory.HoldPlaced,
        inventory.HoldReleased,
        inventory.HoldExpired,
        inventory.HoldCommitted,
    ),
    "recovery": (
        recovery.RecoveryEmailSent,
        recovery.RecoveryLinkClicked,
        recovery.CartRecovered,
        recovery.RecipientSuppressed,
    ),
    "upsell": (upsell.UpsellShown, upsell.UpsellAdded, upsell.UpsellDismissed),
}
"""Which service publishes what (architecture.md, "Services"), apart from EVERY_SERVICE."""

EVENTS: dict[str, type[Event]] = {
    event.type: event for events in (*PUBLISHERS.values(), EVERY_SERVICE) for event in events
}
"""Every event class by its wire type."""

_ENVELOPES: dict[str, type[Envelope[Any]]] = {name: Envelope[event] for name, event in EVENTS.items()}  # type: ignore[valid-type]  # built from the table above


class UnknownEvent(Exception):
    """A message names a type that this build does not know."""


def parse(event_type: str, body: bytes) -> Envelope[Any]:
    """Read a message's body as the envelope of its type; raises UnknownEvent or pydantic's ValidationError."""
    try:
        envelope = _ENVELOPES[event_type]
    except KeyError:
        raise UnknownEvent(event_type) from None
    return envelope.model_validate_json(body)

"""The events that the cart service listens to: the catalogue, the rules of price, and what became of holds."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from contracts.envelope import Envelope
from contracts.erasure import CustomerErased
from contracts.inventory import (
    BundleChanged,
    HoldCommitted,
    HoldEvent,
    HoldExpired,
    HoldPlaced,
    HoldReleased,
    ProductChanged,
    StockChanged,
)
from contracts.pricing import RuleSetPublished
from servicekit.db import TenantUnit
from servicekit.messaging.erasing import answer_erasures
from servicekit.messaging.subscriptions import Subscriptions

from cart.catalogue import repository as catalogue
from cart.erasures import service as erasures
from cart.erasures.use_cases.erase_customer_carts import erase_customer_carts
from cart.holds import repository as holds
from cart.holds.repository import HoldVersion
from cart.parts import Parts
from cart.rules import service as rules
from cart.streams.use_cases.announce_changes import ChangeAnnouncer

HoldT = TypeVar("HoldT", bound=HoldEvent)

subscriptions = Subscriptions[Parts]("cart")


async def erase_carts(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """End what is open of these carts, and take from all of them who they were of."""
    await erase_customer_carts(unit, cart_ids, subscriptions.parts.rules)


answer_erasures(subscriptions, erase_carts)


def _announce(announce: Callable[[ChangeAnnouncer, Envelope[Any]], None]) -> Callable[[Parts, Envelope[Any]], None]:
    """Have open streams show what was kept of the event."""
    return lambda parts, event: announce(parts.announcer, event)


@subscriptions.on(CustomerErased, name="cart.record_erasure", queue="erasure")
async def record_erasure(event: Envelope[CustomerErased], unit: TenantUnit) -> None:
    """Note that a service has erased a customer."""
    await erasures.record_answer(unit, event)


@subscriptions.on(
    ProductChanged,
    name="cart.keep_product",
    queue="catalogue",
    afterwards=_announce(ChangeAnnouncer.announce_product),
)
async def keep_product(event: Envelope[ProductChanged], unit: TenantUnit) -> None:
    """Keep the product's variants for pricing and checking carts."""
    await catalogue.keep_product(unit, event.subject, event.aggregateversion, event.data)


@subscriptions.on(BundleChanged, name="cart.keep_bundle", queue="catalogue")
async def keep_bundle(event: Envelope[BundleChanged], unit: TenantUnit) -> None:
    """Keep the bundle for adding it to carts."""
    await catalogue.keep_bundle(unit, event.subject, event.aggregateversion, event.data)


@subscriptions.on(
    StockChanged,
    name="cart.keep_stock",
    queue="stock",
    afterwards=_announce(ChangeAnnouncer.announce_stock),
)
async def keep_stock(event: Envelope[StockChanged], unit: TenantUnit) -> None:
    """Keep what is left of a variant."""
    await catalogue.keep_stock(unit, event.subject, event.aggregateversion, event.data)


@subscriptions.on(
    RuleSetPublished,
    name="cart.keep_rules",
    queue="rules",
    afterwards=_announce(ChangeAnnouncer.announce_rules),
)
async def keep_rules(event: Envelope[RuleSetPublished], unit: TenantUnit) -> None:
    """Keep the newest rules of price."""
    await rules.keep_rules(unit, event.data.rule_set)


@subscriptions.on(
    HoldPlaced, name="cart.note_hold_placed", queue="holds", afterwards=_announce(ChangeAnnouncer.announce_hold)
)
async def note_hold_placed(event: Envelope[HoldPlaced], unit: TenantUnit) -> None:
    """Note on the cart until when its stock is held."""
    await holds.keep(unit, event.data.cart_id, _hold(event, "ACTIVE", event.data.expires_at))


@subscriptions.on(
    HoldReleased, name="cart.note_hold_released", queue="holds", afterwards=_announce(ChangeAnnouncer.announce_hold)
)
async def note_hold_released(event: Envelope[HoldReleased], unit: TenantUnit) -> None:
    """Note on the cart that its stock was given back."""
    await holds.keep(unit, event.data.cart_id, _hold(event, "RELEASED"))


@subscriptions.on(
    HoldExpired, name="cart.note_hold_expired", queue="holds", afterwards=_announce(ChangeAnnouncer.announce_hold)
)
async def note_hold_expired(event: Envelope[HoldExpired], unit: TenantUnit) -> None:
    """Note on the cart that its hold's time is over."""
    await holds.keep(unit, event.data.cart_id, _hold(event, "EXPIRED"))


@subscriptions.on(
    HoldCommitted, name="cart.note_hold_committed", queue="holds", afterwards=_announce(ChangeAnnouncer.announce_hold)
)
async def note_hold_committed(event: Envelope[HoldCommitted], unit: TenantUnit) -> None:
    """Note on the cart that its stock became the order's."""
    await holds.keep(unit, event.data.cart_id, _hold(event, "COMMITTED"))


def _hold(event: Envelope[HoldT], status: str, expires_at: datetime | None = None) -> HoldVersion:
    return HoldVersion(event.subject, event.aggregateversion, status, expires_at)

"""Stopping recoveries when their cart changes state, in whatever order its events arrive."""

from typing import TypeVar

from contracts.cart import CartEvent, CartMerged
from contracts.envelope import Envelope
from servicekit.db import TenantUnit
from servicekit.messaging.inbox import is_newer

from recovery.recoveries import repository
from recovery.recoveries.domain import StopReason

CartEventT = TypeVar("CartEventT", bound=CartEvent)

LIFECYCLE = "recovery.lifecycle"
"""The cursor of the last change of a cart's state that was seen (messaging.md, "Consuming"); permanent."""


async def stop_recovery(unit: TenantUnit, event: Envelope[CartEventT], reason: StopReason) -> None:
    """Send nothing more about what was abandoned before this event; also when the abandonment arrives later."""
    await is_latest(unit, event)
    await repository.stop_of_cart(unit, event.subject, event.aggregateversion, reason)


async def stop_merged(unit: TenantUnit, event: Envelope[CartMerged]) -> None:
    """Stop the guest cart's recovery, and remember where its lines went."""
    await stop_recovery(unit, event, "merged")
    await repository.follow_merge(unit, event.subject, event.data.into_cart_id)


async def is_latest(unit: TenantUnit, event: Envelope[CartEventT]) -> bool:
    """Move the cart's cursor to this event; False when a later change of its state was seen before."""
    return await is_newer(unit, consumer=LIFECYCLE, aggregate_id=event.subject, version=event.aggregateversion)

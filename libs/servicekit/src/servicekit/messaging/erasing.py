"""Erasing a customer in a service (rules.md 35): what the chassis keeps of them, and then what the service does.

Every service answers each request, also one that keeps nothing of its own: who collects the answers waits for all.
"""

import base64
import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

import structlog
from contracts.envelope import Envelope, RecordedEvent
from contracts.erasure import CustomerErased, CustomerErasureRequested, erasure_context
from pydantic import SecretStr

from servicekit.db import TenantUnit
from servicekit.messaging import outbox
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.sealing import SealBroken, Sealer

log = structlog.get_logger(__name__)

QUEUE = "erasure"
_PURPOSE = b"cartwheel erasure v1"

PartsT = TypeVar("PartsT")
Erase = Callable[[TenantUnit, Sequence[UUID]], Awaitable[None]]
"""Erases what a service keeps about the customer of these carts, in the transaction of its answer; idempotent."""


ForgetCounts = Callable[[str], Awaitable[None]]
"""Forgets what was counted of an identity (`servicekit.process.limiter.Limiter.forget`)."""


class ChassisEraser:
    """Erases what the chassis keeps of customers: answers under their idempotency keys, and counts of requests."""

    def __init__(self, sealer: Sealer, forget_counts: ForgetCounts) -> None:
        self._sealer = sealer
        self._forget_counts = forget_counts

    async def erase(self, unit: TenantUnit, event: Envelope[CustomerErasureRequested]) -> None:
        """Erase what there is; idempotent.

        When the services' common secret is another one by now, nobody can say who it is: all of this ends by itself
        within 24 hours, and must not keep the service from erasing by carts, which needs no secret.
        """
        try:
            customer_id = self._sealer.unseal_text(event.data.customer_sealed, erasure_context(unit.company_id))
        except SealBroken:
            log.error("erasure_seal_broken", company_id=unit.company_id, erasure_id=event.subject)
            return
        identity = f"customer:{customer_id}"
        await unit.execute(
            "DELETE FROM idempotency_keys WHERE company_id = $1 AND identity = $2", unit.company_id, identity
        )
        await self._forget_counts(f"{unit.company_id}:{identity}")


def sealer_of_customers(service_token_secret: SecretStr) -> Sealer:
    """What seals a customer's id on its way between services: with a key made of the secret that they share."""
    key = hmac.digest(service_token_secret.get_secret_value().encode(), _PURPOSE, "sha256")
    return Sealer(SecretStr(base64.b64encode(key).decode()))


async def nothing_of_its_own(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """For a service that keeps nothing about customers but what the chassis does."""


def answer_erasures(subscriptions: Subscriptions[PartsT], erase: Erase = nothing_of_its_own) -> None:
    """Let a service erase customers: the chassis' part, then its own, and its answer, in one transaction."""
    service = subscriptions.service

    @subscriptions.on(CustomerErasureRequested, name=f"{service}.erase_customer", queue=QUEUE)
    async def erase_customer(event: Envelope[CustomerErasureRequested], unit: TenantUnit) -> None:
        await subscriptions.eraser.erase(unit, event)
        await erase(unit, event.data.cart_ids)
        answer = CustomerErased(service=service)
        await outbox.add(unit, RecordedEvent(answer, unit.company_id, event.subject, event.aggregateversion, unit.now))

"""A company, its shoppers and their carts; each method is a step of a scenario."""

import email
import email.policy
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, TypeVar
from uuid import UUID

from contracts.base import Event
from contracts.cart import (
    CartAbandoned,
    CartContactSet,
    CartConverted,
    CartEvent,
    CartExpired,
    CartMerged,
    CartReactivated,
    SiteChanged,
    contact_context,
)
from contracts.cart_calls import CartSnapshot
from contracts.envelope import RecordedEvent
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from recovery.links.domain.tokens import Purpose
from recovery.mail.clients import Mailer
from recovery.messages.use_cases.send_due_mails import SendDueMails
from recovery.parts import parts_with
from recovery.settings import RecoverySettings
from recovery.subscriptions import subscriptions
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.process.flags import Flags
from servicekit.sealing import Sealer
from servicekit.testing import FixedClock, deliver, published

from .cart_model import Cart, mugs, totals_of
from .carts import CartServer
from .mails import unsubscribe_token_of

EventT = TypeVar("EventT", bound=Event)

HOUR = timedelta(hours=1)
SHOPPER = "ann.lee@mail.example"


@dataclass
class Scene:
    """One company with one site."""

    settings: RecoverySettings
    company_id: UUID
    database: Database
    clock: FixedClock
    carts: CartServer
    sending: SendDueMails
    site_id: UUID = field(default_factory=new_id)

    async def opens(self, locale: str = "en", timezone: str = "Europe/Berlin") -> None:
        """Deliver the site, and with it the company."""
        site = SiteChanged(
            name="Main",
            company_name="Mug & Co",
            site_type="STOREFRONT",
            currency="EUR",
            locale=locale,
            timezone=timezone,
            portal_url="http://shop.example",
        )
        await self.deliver(RecordedEvent(site, self.company_id, self.site_id, 1, self.clock.now()))

    def cart(self, quantity: int = 2) -> Cart:
        """A cart with mugs in it."""
        return Cart(new_id(), (mugs(quantity),))

    async def gives(
        self,
        cart: Cart,
        address: str = SHOPPER,
        *,
        consent: bool = True,
        locale: str | None = None,
        version: int | None = None,
    ) -> RecordedEvent[CartContactSet]:
        """The shopper gives an address for the cart."""
        event = self.address_of(cart, address, consent=consent, locale=locale, version=version)
        await self.deliver(event)
        return event

    def address_of(
        self,
        cart: Cart,
        address: str = SHOPPER,
        *,
        consent: bool = True,
        locale: str | None = None,
        version: int | None = None,
    ) -> RecordedEvent[CartContactSet]:
        """What cart publishes when the shopper gives an address."""
        cart.version += 1
        sealed = Sealer(self.settings.contact_seal_key).seal_text(address, contact_context(self.company_id))
        given = CartContactSet(
            site_id=self.site_id, currency="EUR", actor="shopper", address_sealed=sealed, consent=consent, locale=locale
        )
        return RecordedEvent(given, self.company_id, cart.id, version or cart.version, self.clock.now())

    async def abandons(self, cart: Cart) -> RecordedEvent[CartAbandoned]:
        """The cart is found abandoned, again if it was before."""
        event = self.abandonment_of(cart)
        await self.deliver(event)
        cart.recovery_id = await self.recovery_of(cart)
        return event

    def abandonment_of(self, cart: Cart) -> RecordedEvent[CartAbandoned]:
        """What cart publishes when the cart is found abandoned."""
        cart.version += 1
        cart.abandonment_id = new_id()
        left = CartAbandoned(
            site_id=self.site_id,
            currency="EUR",
            actor="system",
            abandonment_id=cart.abandonment_id,
            last_activity_at=self.clock.now() - HOUR,
            lines=cart.lines,
            totals=totals_of(cart.lines),
        )
        self.cart_answers(cart, "ABANDONED")
        return RecordedEvent(left, self.company_id, cart.id, cart.version, self.clock.now())

    def cart_answers(self, cart: Cart, status: str) -> None:
        """What the cart service answers about the cart from now on."""
        self.carts.snapshots[cart.id] = CartSnapshot.model_validate(
            {
                "cartId": cart.id,
                "siteId": self.site_id,
                "customerId": None,
                "status": status,
                "version": cart.version,
                "currency": "EUR",
                "abandonmentId": cart.abandonment_id,
                "lastActivityAt": self.clock.now(),
                "lines": [line.model_dump(by_alias=True) for line in cart.lines],
                "totals": totals_of(cart.lines).model_dump(by_alias=True),
            }
        )

    async def comes_back(self, cart: Cart) -> None:
        """The shopper changes the cart."""
        reactivated = CartReactivated(
            site_id=self.site_id, currency="EUR", actor="shopper", abandonment_id=cart.abandonment_id
        )
        await self.changes(cart, reactivated)

    async def merges(self, cart: Cart, into: Cart) -> None:
        """The shopper signs in."""
        merged = CartMerged(
            site_id=self.site_id, currency="EUR", actor="shopper", into_cart_id=into.id, strategy="largest"
        )
        await self.changes(cart, merged)

    async def expires(self, cart: Cart) -> None:
        """The cart was kept long enough."""
        await self.changes(cart, CartExpired(site_id=self.site_id, currency="EUR", actor="system"))

    async def orders(
        self, cart: Cart, order_id: str = "", *, restored: UUID | None = None, remaining: Cart | None = None
    ) -> RecordedEvent[CartConverted]:
        """The cart is ordered; `restored` names the abandonment it was restored from, `remaining` has what was not."""
        order = CartConverted(
            site_id=self.site_id,
            currency="EUR",
            actor="shopper",
            order_id=order_id or f"order {cart.id}",
            lines=cart.lines,
            totals=totals_of(cart.lines),
            restored_abandonment_id=restored,
            remaining_cart_id=remaining.id if remaining else None,
        )
        cart.version += 1
        event = RecordedEvent(order, self.company_id, cart.id, cart.version, self.clock.now())
        await self.deliver(event)
        return event

    async def changes(self, cart: Cart, event: CartEvent) -> None:
        """Deliver an event of the cart's own life."""
        cart.version += 1
        await self.deliver(RecordedEvent(event, self.company_id, cart.id, cart.version, self.clock.now()))

    async def deliver(self, event: RecordedEvent[Any]) -> None:
        """Hand an event to recovery's handlers, as the consumer does."""
        await deliver(subscriptions, event, self.database)

    async def later(self, by: timedelta) -> list[EmailMessage]:
        """Let time pass, then send what is due; returns all mails sent so far."""
        self.clock.advance(by)
        return await self.sends()

    async def sends(self) -> list[EmailMessage]:
        """Send what is due; returns all mails sent so far to this company's shoppers."""
        await self.runs()
        return self.mails()

    async def runs(self) -> int:
        """Run the job that sends once; returns how many steps were due."""
        return await self.sending.run(company_id=self.company_id)

    def mails(self) -> list[EmailMessage]:
        """What the provider has taken from this company, in order."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
        parsed = [email.message_from_string(mail.raw_data, policy=email.policy.default) for mail in sent]
        return [mail for mail in parsed if self._is_ours(mail)]

    def _is_ours(self, mail: EmailMessage) -> bool:
        links, token = self.sending.writer.links, unsubscribe_token_of(mail)
        return (
            mail["List-Unsubscribe"] is not None
            and links.verify(token, Purpose.UNSUBSCRIBE, self.clock.now()).company_id == self.company_id
        )

    async def recovery_of(self, cart: Cart) -> UUID | None:
        """The recovery of the cart's last abandonment."""
        found: UUID | None = await self.one(
            "SELECT id FROM recoveries WHERE company_id = $1 AND abandonment_id = $2", cart.abandonment_id
        )
        return found

    async def state(self, cart: Cart) -> tuple[str, str | None]:
        """Status of the cart's recovery, and why it stopped."""
        async with self.database.unit(self.company_id) as unit:
            row = await unit.fetchrow(
                "SELECT status, stop_reason FROM recoveries WHERE company_id = $1 AND abandonment_id = $2",
                self.company_id,
                cart.abandonment_id,
            )
        assert row is not None
        return row["status"], row["stop_reason"]

    async def one(self, sql: str, *args: object) -> Any:
        """One value; the company is $1."""
        async with self.database.unit(self.company_id) as unit:
            return await unit.fetchval(sql, self.company_id, *args)

    async def statuses(self) -> list[str]:
        """The states of this company's mails, by step."""
        async with self.database.unit(self.company_id) as unit:
            rows = await unit.fetch(
                "SELECT status FROM recovery_messages WHERE company_id = $1 ORDER BY claimed_at, step", self.company_id
            )
        return [row["status"] for row in rows]

    async def published(self, kind: type[EventT]) -> list[EventT]:
        """What recovery has published of this kind about this company."""
        events = await published(self.database, kind)
        return [event.data for event in events if event.company_id == self.company_id and isinstance(event.data, kind)]


@asynccontextmanager
async def scene_of(
    settings: RecoverySettings, carts: CartServer, company_id: UUID, mailer: Mailer
) -> AsyncGenerator[Scene]:
    """A company whose site recovery has received."""
    clock = FixedClock()
    database = await Database.open(settings, service="recovery", clock=clock)
    parts = parts_with(settings)
    subscriptions.bind(parts)
    sending = SendDueMails(database, parts.carts, parts.writer, mailer, Flags(settings), concurrency=4)
    scene = Scene(settings, company_id, database, clock, carts, sending)
    await scene.opens()
    yield scene
    await parts.carts.close()
    await database.close()

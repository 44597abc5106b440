"""Sending the mails that are due, several at a time (rules.md 28)."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from servicekit.db import Database
from servicekit.process.flags import Flags
from servicekit.upstream.errors import Unavailable

from recovery import flags, metrics
from recovery.clients import CartClient
from recovery.mail.clients import Mailer
from recovery.mail.use_cases.write_mail import MailNotWritable, MailWriter
from recovery.messages import repository
from recovery.messages.domain import DeliveryOutcome, DueStep, backoff
from recovery.messages.use_cases.mail_trace import mail_span
from recovery.messages.use_cases.prepare_mail import PreparedMail, prepare_mail
from recovery.messages.use_cases.record_outcome import record_not_writable, record_outcome

BATCH = 50
_SWITCH_WAIT = timedelta(minutes=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SendDueMails:
    """Sends due mails; any number of processes may run it at once.

    Each mail is three transactions with two calls between them: lease, call cart, reserve, call the provider,
    record the outcome. A crash anywhere leaves the mail unsent or UNKNOWN, and never sends it twice.
    """

    database: Database
    carts: CartClient
    writer: MailWriter
    mailer: Mailer
    flags: Flags
    concurrency: int

    async def run(self, *, company_id: UUID | None = None, dry_run: bool = False) -> int:
        """Send what is due, of all companies or one, at most one batch; return how many steps were due.

        A dry run only counts them. One mail that fails does not keep back the others. A mail that cannot be written
        concerns itself alone; any other error is raised at the end.
        """
        async with self.database.system_unit() as unit:
            if dry_run:
                return await repository.count_due(unit, company_id)
            due = await repository.lease_due(unit, BATCH, company_id)
        limit = asyncio.Semaphore(self.concurrency)
        results = await asyncio.gather(*(self._one(step, limit) for step in due), return_exceptions=True)
        if faults := [result for result in results if isinstance(result, BaseException)]:
            raise BaseExceptionGroup("mails that could not be sent", faults)
        return len(due)

    async def _one(self, due: DueStep, limit: asyncio.Semaphore) -> None:
        async with limit:
            if not await flags.is_on(self.flags, due.company_id):
                async with self.database.unit(due.company_id) as unit:
                    await repository.postpone(unit, due.recovery_id, unit.now + _SWITCH_WAIT)
                return
            with mail_span(due.traceparent, due.abandoned_at, self.database.clock.now()):
                await self.send_one(due)

    async def send_one(self, due: DueStep) -> None:
        """Check, reserve and send the mail of a leased step; or let it wait, while cart is away."""
        try:
            prepared = await self._prepare(due)
        except Unavailable:
            async with self.database.unit(due.company_id) as unit:
                wait = backoff(due.postponed)
                await repository.postpone(unit, due.recovery_id, unit.now + wait, due.postponed + 1)
        except MailNotWritable as fault:
            await self._record_not_writable(due, str(fault))
        else:
            if prepared:
                await self._send(due, prepared)

    async def _prepare(self, due: DueStep) -> PreparedMail | None:
        cart = await self.carts.snapshot(due.company_id, due.cart_id)
        async with self.database.unit(due.company_id) as unit:
            return await prepare_mail(unit, due, cart, self.writer)

    async def _record_not_writable(self, due: DueStep, reason: str) -> None:
        async with self.database.unit(due.company_id) as unit:
            given_up = await record_not_writable(unit, due, reason)
        if given_up:
            metrics.unwritable.inc()
        log.error(
            "mail_not_writable",
            company_id=due.company_id,
            recovery_id=due.recovery_id,
            step=due.step,
            error=reason,
            given_up=given_up,
        )

    async def _send(self, due: DueStep, prepared: PreparedMail) -> None:
        delivery = await self.mailer.send(prepared.mail)
        async with self.database.unit(due.company_id) as unit:
            await record_outcome(unit, prepared.reservation, delivery, due)
        metrics.mails.labels(delivery.outcome.value).inc()
        log.info(
            "mail_handed_to_provider",
            company_id=due.company_id,
            message_id=prepared.reservation.id,
            outcome=delivery.outcome.value,
            error=None if delivery.outcome is DeliveryOutcome.ACCEPTED else delivery.detail,
        )

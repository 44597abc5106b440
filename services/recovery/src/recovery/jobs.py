"""Timers: sending what is due, giving up claims whose worker died, forgetting old addresses (operations.md, "Jobs")."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from contracts.cart_calls import CartSnapshot
from servicekit.db import Database
from servicekit.jobs.job import Job, JobContext
from servicekit.process.flags import Flags
from servicekit.process.kit import Kit
from servicekit.upstream.client import Unavailable

from recovery import metrics, switch
from recovery.clients import CartClient, carts_of
from recovery.contacts import repository as contacts
from recovery.contacts.service import RETENTION
from recovery.mail.letter import Letter
from recovery.mail.mailroom import Mailroom, Unwritable, mailroom_of
from recovery.mail.provider import Mailer, SesMailer
from recovery.messages import repository as messages
from recovery.messages import service
from recovery.messages.domain import ABANDONED_CLAIM, DeliveryOutcome, Due
from recovery.messages.repository import Claim
from recovery.settings import RecoverySettings
from recovery.tracing import mail_span

BATCH = 50
FORGET_AT_ONCE = 1000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends due mails, several at a time; any number of processes may run it at once.

    Each mail is three transactions with two calls between them: lease, ask cart, claim and commit, call the provider,
    write down the outcome. A crash anywhere leaves the mail unsent or `unknown`, and never sends it twice.
    """

    database: Database
    carts: CartClient
    mailroom: Mailroom
    mailer: Mailer
    flags: Flags
    concurrency: int

    async def run(self, context: JobContext) -> int:
        """Send what is due, at most one batch; return how many steps were due. A dry run only counts them.

        One mail that fails does not keep back the others. A letter that cannot be written concerns its mail alone; any
        other error is raised at the end.
        """
        async with self.database.system_unit() as unit:
            if context.dry_run:
                return await messages.count_due(unit, context.company_id)
            due = await messages.lease_due(unit, BATCH, context.company_id)
        limit = asyncio.Semaphore(self.concurrency)
        results = await asyncio.gather(*(self._one(step, limit) for step in due), return_exceptions=True)
        if faults := [result for result in results if isinstance(result, BaseException)]:
            raise BaseExceptionGroup("mails that could not be sent", faults)
        return len(due)

    async def _one(self, due: Due, limit: asyncio.Semaphore) -> None:
        async with limit:
            if not await switch.is_on(self.flags, due.company_id):
                async with self.database.unit(due.company_id) as unit:
                    await service.wait_for_switch(unit, due)
                return
            with mail_span(due.traceparent, due.abandoned_at, self.database.clock.now()):
                await self._deliver(due)

    async def _deliver(self, due: Due) -> None:
        try:
            cart = await self.carts.snapshot(due.company_id, due.cart_id)
        except Unavailable:
            async with self.database.unit(due.company_id) as unit:
                await service.wait_for_cart(unit, due)
            return
        try:
            claimed = await self._claim(due, cart)
        except Unwritable as fault:
            await self._note_unwritable(due, str(fault))
            return
        if claimed:
            await self._send(due, *claimed)

    async def _claim(self, due: Due, cart: CartSnapshot | None) -> tuple[Claim, Letter] | None:
        async with self.database.unit(due.company_id) as unit:
            return await service.claim(unit, due, cart, self.mailroom)

    async def _note_unwritable(self, due: Due, reason: str) -> None:
        async with self.database.unit(due.company_id) as unit:
            given_up = await service.note_unwritable(unit, due, reason)
        if given_up:
            metrics.unwritable.inc()
        log.error(
            "mail cannot be written",
            company_id=due.company_id,
            recovery_id=due.recovery_id,
            step=due.step,
            error=reason,
            given_up=given_up,
        )

    async def _send(self, due: Due, claim: Claim, letter: Letter) -> None:
        outcome = await self.mailer.send(letter)
        async with self.database.unit(due.company_id) as unit:
            await service.settle(unit, claim, outcome, due)
        metrics.mails.labels(outcome.fate.value).inc()
        detail = None if outcome.fate is DeliveryOutcome.ACCEPTED else outcome.detail
        log.info("mail", company_id=due.company_id, message_id=claim.id, fate=outcome.fate.value, error=detail)


async def give_up_claims(context: JobContext) -> int:
    """Call mails `unknown` whose worker died around the provider's call: they are never sent again (rules.md 28)."""
    before = context.clock.now() - ABANDONED_CLAIM
    async with context.database.system_unit() as unit:
        if context.dry_run:
            return await messages.count_stale_claims(unit, before)
        given_up = await messages.give_up_claims(unit, before)
    metrics.unknown.inc(given_up)
    return given_up


async def forget_contacts(context: JobContext) -> int:
    """Delete addresses that were given longer ago than abandoned carts are kept, in batches."""
    before = context.clock.now() - RETENTION
    if context.dry_run:
        async with context.database.system_unit() as unit:
            return await contacts.count_forgettable(unit, before)
    forgotten = 0
    while True:
        async with context.database.system_unit() as unit:
            batch = await contacts.forget(unit, before, FORGET_AT_ONCE)
        forgotten += batch
        if batch < FORGET_AT_ONCE:
            return forgotten


def jobs(kit: Kit) -> Sequence[Job]:
    """Recovery's jobs, wired to the clients that main opened."""
    settings = kit.settings
    assert isinstance(settings, RecoverySettings), "main names these settings"  # noqa: S101  # narrows for the checker
    sending = Sending(
        database=kit.database,
        carts=carts_of(kit),
        mailroom=mailroom_of(kit),
        mailer=SesMailer(settings),
        flags=kit.flags,
        concurrency=settings.recovery_send_concurrency,
    )
    return (
        Job(name="CartRecoveryEmails", every=1.0, run=sending.run),
        Job(name="RecoveryUnknownEmails", every=30.0, run=give_up_claims),
        Job(name="RecoveryContactPurge", cron="30 3 * * *", run=forget_contacts),
    )

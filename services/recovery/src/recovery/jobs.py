"""The timed jobs of the recovery worker (operations.md, "Jobs")."""

from collections.abc import Sequence
from datetime import timedelta

from servicekit.jobs.job import Job, JobContext
from servicekit.jobs.purging import purge_oldest

from recovery.contacts.use_cases.forget_contacts import forget_contacts
from recovery.mail.clients import SesMailer
from recovery.messages.use_cases.mark_unknown import mark_unknown
from recovery.messages.use_cases.send_due_mails import SendDueMails
from recovery.parts import RecoveryKit

RECOVERIES_KEPT = timedelta(days=730)
"""How long the record of mails, clicks and what they earned is kept: the links end after 72 hours (rules.md 29)."""


def jobs(kit: RecoveryKit) -> Sequence[Job]:
    """Recovery's jobs, wired to the parts of the process."""
    settings, parts = kit.settings, kit.parts
    sending = SendDueMails(
        database=kit.database,
        carts=parts.carts,
        writer=parts.writer,
        mailer=SesMailer(settings),
        flags=kit.flags,
        concurrency=settings.recovery_send_concurrency,
    )

    async def send_due_mails(context: JobContext) -> int:
        return await sending.run(company_id=context.company_id, dry_run=context.dry_run)

    return (
        Job(name="CartRecoveryEmails", every=1.0, run=send_due_mails, aliases=("sendRecoveryEmails",)),
        Job(name="CartRecoverySweep", cron="*/10 * * * *", run=send_due_mails, sweep_of="CartRecoveryEmails"),
        Job(
            name="RecoveryUnknownEmails",
            every=30.0,
            run=lambda context: mark_unknown(context.database, dry_run=context.dry_run),
        ),
        Job(
            name="RecoveryContactPurge",
            cron="30 3 * * *",
            run=lambda context: forget_contacts(context.database, dry_run=context.dry_run),
        ),
        Job(
            name="RecoveryPurge",
            cron="50 3 * * *",
            run=purge_oldest(
                "recoveries",
                RECOVERIES_KEPT,
                parts={"recovery_messages": "recovery_id", "recovery_clicks": "recovery_id"},
            ),
        ),
    )

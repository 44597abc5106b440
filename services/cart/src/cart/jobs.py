"""The timers of the cart service (operations.md, "Jobs")."""

from collections.abc import Sequence
from datetime import timedelta

from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.jobs.maintenance import AUDIT_KEPT
from servicekit.jobs.purging import purge

from cart.carts.use_cases.clean_up_carts import clean_up_carts
from cart.carts.use_cases.run_timers import ABANDONMENT, EXPIRY, DueCarts
from cart.delivery.use_cases.renew_addresses import AddressRenewer
from cart.erasures import service as erasures
from cart.holds.use_cases.resolve_changes import ChangeResolver
from cart.parts import CartKit
from cart.staff import service as staff


def jobs(kit: CartKit) -> Sequence[Job]:
    """Every timer of the service."""
    due = DueCarts(kit.database, kit.parts.rules)
    addresses = AddressRenewer(kit.database, kit.parts.address_setter)
    resolver = ChangeResolver(kit.database, kit.parts.hold_changer)

    async def mark_abandoned_carts(context: JobContext) -> int:
        return await due.run(ABANDONMENT, dry_run=context.dry_run)

    async def expire_carts(context: JobContext) -> int:
        return await due.run(EXPIRY, dry_run=context.dry_run)

    async def find_overlooked_carts(context: JobContext) -> int:
        return await due.find_overlooked(dry_run=context.dry_run)

    async def resolve_hold_changes(context: JobContext) -> int:
        return await resolver.run(dry_run=context.dry_run)

    async def renew_addresses(context: JobContext) -> int:
        return await addresses.run(dry_run=context.dry_run)

    async def clean_up(context: JobContext) -> JobResult:
        return await clean_up_carts(context.database, dry_run=context.dry_run)

    async def archive(context: JobContext) -> JobResult:
        return await kit.parts.archiver.run(dry_run=context.dry_run)

    async def erase_latecomers(context: JobContext) -> int:
        return await erasures.erase_latecomers(context.database, kit.parts.erasure_keys, dry_run=context.dry_run)

    async def fold_counts(context: JobContext) -> int:
        return await staff.fold_counts(context.database, dry_run=context.dry_run)

    return (
        Job(name="FoldCartCounts", every=5.0, run=fold_counts),
        Job(name="ActiveCartCount", every=15.0, run=staff.count_active_carts),
        Job(name="AddressRenewal", every=60.0, run=renew_addresses),
        Job(name="HoldChangeResolution", every=1.0, run=resolve_hold_changes),
        Job(name="CartAbandonmentCheck", every=1.0, run=mark_abandoned_carts, aliases=("markAbandonedCarts",)),
        Job(
            name="CartAbandonmentSweep",
            cron="*/15 * * * *",
            run=mark_abandoned_carts,
            sweep_of="CartAbandonmentCheck",
        ),
        Job(name="CartExpiration", cron="0 * * * *", run=expire_carts),
        Job(name="OverlookedCarts", cron="30 * * * *", run=find_overlooked_carts),
        Job(name="CartCleanup", cron="0 3 * * *", run=clean_up),
        Job(
            name="PurgeOldComparisons",
            cron="0 4 * * 0",
            run=purge("product_comparisons", "expires_at", timedelta()),
            aliases=("purgeOldComparisons",),
        ),
        Job(name="CartArchive", cron="0 4 * * 0", run=archive),
        Job(name="CustomerErasure", every=60.0, run=erase_latecomers),
        Job(name="PurgeErasures", cron="50 3 * * *", run=purge("erasures", "requested_at", AUDIT_KEPT)),
    )

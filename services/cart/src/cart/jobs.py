"""The timers of the cart service (operations.md, "Jobs")."""

from collections.abc import Sequence

from servicekit.jobs.job import Job, JobContext

from cart.carts.use_cases.run_timers import ABANDONMENT, EXPIRY, DueCarts
from cart.holds.use_cases.resolve_changes import ChangeResolver
from cart.parts import CartKit


def jobs(kit: CartKit) -> Sequence[Job]:
    """Every timer of the service."""
    due = DueCarts(kit.database, kit.parts.rules)
    resolver = ChangeResolver(kit.database, kit.parts.hold_changer)

    async def mark_abandoned_carts(context: JobContext) -> int:
        return await due.run(ABANDONMENT, dry_run=context.dry_run)

    async def expire_carts(context: JobContext) -> int:
        return await due.run(EXPIRY, dry_run=context.dry_run)

    async def find_overlooked_carts(context: JobContext) -> int:
        return await due.find_overlooked(dry_run=context.dry_run)

    async def resolve_hold_changes(context: JobContext) -> int:
        return await resolver.run(dry_run=context.dry_run)

    return (
        Job(name="HoldChangeResolution", every=1.0, run=resolve_hold_changes),
        Job(name="CartAbandonmentCheck", every=1.0, run=mark_abandoned_carts),
        Job(name="CartExpiration", cron="0 * * * *", run=expire_carts),
        Job(name="OverlookedCarts", cron="30 * * * *", run=find_overlooked_carts),
    )

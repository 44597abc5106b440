"""Whether recovery is switched on for a company: both of its flags must be (api.md, "Flags")."""

from uuid import UUID

from servicekit.process.flags import Flag, Flags


class RecoveryFlag(Flag):
    """Each flag by its setting."""

    ABANDONED_CART_RECOVERY = "feature_abandoned_cart_recovery"
    CART_RECOVERY = "cart_recovery_enabled"


_BOTH = (RecoveryFlag.ABANDONED_CART_RECOVERY, RecoveryFlag.CART_RECOVERY)


async def is_on(flags: Flags, company_id: UUID) -> bool:
    """Whether both flags are on; for reads, which answer empty lists when not, and for sending."""
    return all([await flags.enabled(flag, company_id) for flag in _BOTH])


async def require_on(flags: Flags, company_id: UUID) -> None:
    """Raise FeatureDisabled403 unless both flags are on; for writes."""
    for flag in _BOTH:
        await flags.require(flag, company_id)

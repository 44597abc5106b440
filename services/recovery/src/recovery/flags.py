"""Whether recovery is switched on for a company: both of its flags must be (api.md, "Flags")."""

from uuid import UUID

from servicekit.process.flags import Flag, Flags

_FLAGS = (Flag.ABANDONED_CART_RECOVERY, Flag.CART_RECOVERY)


async def is_on(flags: Flags, company_id: UUID) -> bool:
    """Whether both flags are on; for reads, which answer empty lists when not, and for sending."""
    return all([await flags.enabled(flag, company_id) for flag in _FLAGS])


async def require_on(flags: Flags, company_id: UUID) -> None:
    """Raise FeatureDisabled403 unless both flags are on; for writes."""
    for flag in _FLAGS:
        await flags.require(flag, company_id)

"""Feature flags (api.md, "Flags"): a default from the environment, overridden per company or by percentage.

The overrides live with their owner; other services run on the defaults unless they are given a reader of their own.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from servicekit.errors import FeatureDisabled403
from servicekit.settings import ServiceSettings


class Flag(StrEnum):
    """The flags of a service, which subclasses this: each by the name of the setting that is its default."""


@dataclass(frozen=True, slots=True)
class Override:
    """What was set for a flag: on or off for this company, else a percentage (0 to 100) of all companies."""

    enabled: bool | None = None
    percentage: int | None = None


class Overrides(Protocol):
    """Where a service reads overrides; it should answer from memory, because it is asked on every request."""

    async def of(self, flag: Flag, company_id: UUID) -> Override | None:
        """The override that holds for this company, or None."""
        ...


class Flags:
    """Decides whether a feature is on for a company, without a restart when an override changes."""

    def __init__(self, settings: ServiceSettings, overrides: Overrides | None = None) -> None:
        self._settings = settings
        self.overrides = overrides

    async def enabled(self, flag: Flag, company_id: UUID) -> bool:
        """The company's own setting, else its place in the percentage, else the default."""
        override = await self.overrides.of(flag, company_id) if self.overrides else None
        if override is not None and override.enabled is not None:
            return override.enabled
        if override is not None and override.percentage is not None:
            return bucket(flag, company_id) < override.percentage
        return bool(getattr(self._settings, flag.value))

    async def require(self, flag: Flag, company_id: UUID) -> None:
        """Raise FeatureDisabled403 unless the feature is on: for writes; a read answers an empty list instead."""
        if not await self.enabled(flag, company_id):
            raise FeatureDisabled403


def bucket(flag: Flag, company_id: UUID) -> int:
    """The company's fixed place, 0 to 99, for this flag: raising a percentage only ever adds companies."""
    return int.from_bytes(hashlib.sha256(flag.value.encode() + company_id.bytes).digest()[:8]) % 100

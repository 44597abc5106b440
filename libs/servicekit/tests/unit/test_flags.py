"""Feature flags."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from servicekit.errors import FeatureDisabled403
from servicekit.process.flags import Flag, Flags, Override, bucket
from servicekit.settings import ServiceSettings
from servicekit.testing import make_settings

from ..notes import NOWHERE

COMPANY = uuid4()


class NotesSettings(ServiceSettings):
    """Two features, one on and one off."""

    sharing_enabled: bool = True
    drawing_enabled: bool = False


class NotesFlag(Flag):
    """Each flag by its setting."""

    SHARING = "sharing_enabled"
    DRAWING = "drawing_enabled"


@dataclass
class Fixed:
    """Overrides as a table would hold them."""

    override: Override | None = None

    async def of(self, flag: Flag, company_id: UUID) -> Override | None:
        """One override for every flag and company."""
        return self.override


def flags(override: Override | None = None, **fields: bool) -> Flags:
    """Flags with these defaults and this override."""
    return Flags(make_settings(NotesSettings, NOWHERE, NOWHERE.postgres_url, **fields), Fixed(override))


async def test_the_environment_gives_the_default() -> None:
    """As the service's settings have it, and as the environment changes it."""
    assert await flags().enabled(NotesFlag.SHARING, COMPANY)
    assert not await flags().enabled(NotesFlag.DRAWING, COMPANY)
    assert await flags(drawing_enabled=True).enabled(NotesFlag.DRAWING, COMPANY)


async def test_a_companys_own_setting_wins() -> None:
    """Whatever the percentage says."""
    assert await flags(Override(enabled=True, percentage=0)).enabled(NotesFlag.DRAWING, COMPANY)
    assert not await flags(Override(enabled=False, percentage=100)).enabled(NotesFlag.SHARING, COMPANY)


@pytest.mark.parametrize("percentage", [0, 10, 25, 50, 75, 100])
async def test_a_percentage_takes_in_so_many_companies(percentage: int) -> None:
    """About as many as it says, the same ones each time."""
    switched = flags(Override(percentage=percentage))
    companies = [uuid4() for _ in range(400)]

    on = [company for company in companies if await switched.enabled(NotesFlag.DRAWING, company)]

    assert abs(len(on) / 4 - percentage) < 12
    assert on == [company for company in companies if await switched.enabled(NotesFlag.DRAWING, company)]


def test_a_roll_out_only_ever_adds_companies() -> None:
    """Each company has one place for each flag, and other places for other flags."""
    places = {bucket(NotesFlag.DRAWING, COMPANY) for _ in range(3)}

    assert len(places) == 1
    companies = [UUID(int=number) for number in range(20)]
    assert any(len({bucket(flag, company) for flag in NotesFlag}) > 1 for company in companies)


async def test_a_write_to_what_is_off_is_refused() -> None:
    """FEATURE_DISABLED (api.md, "Limits")."""
    with pytest.raises(FeatureDisabled403):
        await flags().require(NotesFlag.DRAWING, COMPANY)

    await flags().require(NotesFlag.SHARING, COMPANY)

"""How a company, or one of its sites, rounds, taxes and shows prices (rules.md 2, 25)."""

from dataclasses import dataclass
from uuid import UUID

from contracts.money import RoundingMode
from contracts.ruleset import RoundingScope


@dataclass(frozen=True, slots=True)
class PriceDisplay:
    """What an admin chooses.

    `default_country`: whose taxes and shipping show before an address is known; None shows none. `best_deal`: price
    exclusive promotions and the others both ways and take the cheaper.
    """

    rounding_mode: RoundingMode = RoundingMode.HALF_EVEN
    rounding_scope: RoundingScope = RoundingScope.LINE
    tax_inclusive: bool = False
    default_country: str | None = None
    best_deal: bool = False


@dataclass(frozen=True, slots=True)
class PricingSettings:
    """The choices of a company (`site_id` None) or of one site that has its own."""

    company_id: UUID
    site_id: UUID | None
    display: PriceDisplay

"""How a company rounds, taxes and shows prices (rules.md 2, 25)."""

from dataclasses import dataclass

from contracts.money import RoundingMode
from contracts.ruleset import RoundingScope


@dataclass(frozen=True, slots=True)
class PricingSettings:
    """What an admin chooses; a company that chose nothing has the defaults.

    `default_country`: whose taxes and shipping show before an address is known; None shows none. `best_deal`: price
    exclusive promotions and the others both ways and take the cheaper.
    """

    rounding_mode: RoundingMode = RoundingMode.HALF_EVEN
    rounding_scope: RoundingScope = RoundingScope.LINE
    tax_inclusive: bool = False
    default_country: str | None = None
    best_deal: bool = False

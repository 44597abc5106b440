"""The rates that hold at a place, and the tax on an amount: stacked, compound, on top or contained (rules.md 25)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.money import allocate
from contracts.ruleset import TaxRate

from quote.rounding import Rounding

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class TaxPlan:
    """The rates on one kind of thing, in order: rate i is exactly `numerators[i] / denominator` of the net price.

    Compared by identity: a place makes one plan per tax category.
    """

    rates: tuple[TaxRate, ...]
    numerators: tuple[int, ...]
    numerator: int
    denominator: int

    def on_top(self, net: int, pieces: int, rounding: Rounding) -> int:
        """The tax that is added to a net amount, rounded once per line or per piece (rules.md 2)."""
        return rounding.part_of_line(net, pieces, self.numerator, self.denominator)

    def contained(self, gross: int, pieces: int, rounding: Rounding) -> int:
        """The tax inside an amount that includes it: 19 % of 119 is 19."""
        return rounding.part_of_line(gross, pieces, self.numerator, self.denominator + self.numerator)

    def split(self, tax: int) -> Sequence[int]:
        """Each rate's part of a tax already rounded, by largest remainder."""
        return (tax,) if len(self.rates) == 1 else allocate(tax, self.numerators) if tax else (0,) * len(self.rates)


NO_TAX = TaxPlan((), (), 0, 1)


class TaxesHere:
    """All rates of one place; a plan is made when a category first asks for it, and kept."""

    __slots__ = ("_categories", "_plans", "_rates", "_shipping")

    def __init__(self, rates: Iterable[TaxRate]) -> None:
        self._rates = tuple(rates)
        self._categories = {rate.category for rate in self._rates}
        self._plans: dict[str | None, TaxPlan] = {}
        self._shipping: TaxPlan | None = None

    def plan(self, category: str | None) -> TaxPlan:
        """The rates on goods of a tax category; one that no rate names is taxed like none."""
        known = category if category in self._categories else None
        plan = self._plans.get(known)
        if plan is None:
            plan = self._plans[known] = plan_for(_of_category(self._rates, known))
        return plan

    def shipping_plan(self) -> TaxPlan:
        """The general rates that are charged on shipping too."""
        if self._shipping is None:
            general = (rate for rate in self._rates if rate.category is None and rate.shipping_taxable)
            self._shipping = plan_for(general)
        return self._shipping


NOWHERE = TaxesHere(())


class CountryTaxes:
    """A country's rates; where none is for a part of the country, every quote shares the same plans."""

    __slots__ = ("_everywhere", "_rates")

    def __init__(self, rates: Iterable[TaxRate]) -> None:
        self._rates = tuple(rates)
        local = any(rate.state is not None or rate.postal_prefix is not None for rate in self._rates)
        self._everywhere = None if local else TaxesHere(self._rates)

    def at(self, state: str | None, postal_code: str | None) -> TaxesHere:
        """The rates at a state and postal code, either of which may be unknown."""
        if self._everywhere is not None:
            return self._everywhere
        postal = (postal_code or "").replace(" ", "").replace("-", "").upper()
        return TaxesHere(rate for rate in self._rates if _holds_at(rate, state, postal))


def plan_for(rates: Iterable[TaxRate]) -> TaxPlan:
    """Put rates in order and reduce them to fractions of the net price.

    5 % and 9.975 % stacked are 14.975 % of the net; compound, the second is on 105 % of it: 5 % + 10.47375 %.
    """
    ordered = tuple(sorted(rates, key=charging_order))
    if not ordered:
        return NO_TAX
    numerators: list[int] = []
    denominator = 1
    for rate in ordered:
        base = denominator + sum(numerators) if rate.compound else denominator
        numerators = [numerator * _MILLION for numerator in numerators] + [base * rate.rate_ppm]
        denominator *= _MILLION
    return TaxPlan(ordered, tuple(numerators), sum(numerators), denominator)


def charging_order(rate: TaxRate) -> tuple[int, UUID]:
    """Rates are charged by priority, from small to large, then by id."""
    return rate.priority, rate.id


def _holds_at(rate: TaxRate, state: str | None, postal: str) -> bool:
    return rate.state in (None, state) and postal.startswith(rate.postal_prefix or "")


def _of_category(rates: Sequence[TaxRate], category: str | None) -> list[TaxRate]:
    """Within one place and type, the category's own rates replace the general ones (a reduced rate for books)."""
    own = [rate for rate in rates if category is not None and rate.category == category]
    replaced = {_jurisdiction(rate) for rate in own}
    return own + [rate for rate in rates if rate.category is None and _jurisdiction(rate) not in replaced]


def _jurisdiction(rate: TaxRate) -> tuple[object, ...]:
    return rate.type, rate.country, rate.state, rate.postal_prefix

"""How long, and where, a code's rule is believed, and who shares one answer of pricing."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from cart.codes.service import CodePlace, Resolve, ResolvedCodes
from cart.errors import DiscountInvalid
from contracts.ruleset import PromotionRule, PromotionScope, PromotionType
from servicekit.ids import new_id
from servicekit.testing.clocks import FixedClock
from servicekit.upstream.errors import Unavailable

PLACE = CodePlace(new_id(), 7, new_id(), "USD", "TEN")
RULE = PromotionRule(
    id=new_id(), name="Ten", type=PromotionType.PERCENTAGE_OFF, scope=PromotionScope.CART, basis_points=1000
)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands."""
    return FixedClock()


@pytest.fixture
async def codes(clock: FixedClock) -> ResolvedCodes:
    """One code that was just resolved."""
    codes = ResolvedCodes(clock)
    await codes.resolve(PLACE, answers(RULE))
    return codes


def answers(rule: PromotionRule) -> Resolve:
    """A pricing that answers with this rule."""

    async def resolve() -> PromotionRule:
        return rule

    return resolve


@dataclass
class SlowPricing:
    """Answers when it is released, with a rule or an error; counts how many have asked."""

    answer: PromotionRule | Exception
    calls: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def resolve(self) -> PromotionRule:
        """One call."""
        self.calls += 1
        await self.released.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def ask_at_once(codes: ResolvedCodes, pricing: SlowPricing, count: int = 5) -> list[asyncio.Task[PromotionRule]]:
    """So many who ask about the one place; the first has reached pricing, the others wait."""
    asking = [asyncio.create_task(codes.resolve(PLACE, pricing.resolve)) for _ in range(count)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert pricing.calls == 1
    return asking


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACE, company_id=new_id()),
        replace(PLACE, rules_version=8),
        replace(PLACE, site_id=new_id()),
        replace(PLACE, currency="EUR"),
        replace(PLACE, code="ELEVEN"),
    ],
)
async def test_a_rule_is_found_in_its_own_place_only(codes: ResolvedCodes, clock: FixedClock, other: CodePlace) -> None:
    """Another company, site, currency or version of the rules has to ask."""
    assert codes.find(PLACE, clock.now()) is RULE
    assert codes.find(other, clock.now()) is None


async def test_a_rule_is_believed_for_a_minute(codes: ResolvedCodes, clock: FixedClock) -> None:
    """While the broker is away no new version of the rules arrives."""
    clock.advance(timedelta(seconds=59))
    assert codes.find(PLACE, clock.now()) is RULE

    clock.advance(timedelta(seconds=1))
    assert codes.find(PLACE, clock.now()) is None


async def test_a_rule_is_found_only_while_it_holds(codes: ResolvedCodes, clock: FixedClock) -> None:
    """Whether it is over or has not begun is pricing's to say."""
    now, second = clock.now(), timedelta(seconds=1)
    await codes.resolve(PLACE, answers(RULE.model_copy(update={"starts_at": now, "ends_at": now + second})))

    assert [codes.find(PLACE, moment) is None for moment in (now - second, now, now + second)] == [True, False, True]


async def test_a_code_that_counts_is_not_kept(clock: FixedClock) -> None:
    """Its uses are pricing's (rules.md 23)."""
    codes = ResolvedCodes(clock)
    await codes.resolve(PLACE, answers(RULE.model_copy(update={"counts": True})))

    assert codes.find(PLACE, clock.now()) is None


async def test_many_who_ask_at_once_share_one_call(clock: FixedClock) -> None:
    """When a popular code's minute is over, its shoppers do not all run to pricing."""
    codes, pricing = ResolvedCodes(clock), SlowPricing(RULE)
    asking = await ask_at_once(codes, pricing)
    pricing.released.set()

    assert await asyncio.gather(*asking) == [RULE] * 5
    assert (pricing.calls, codes.find(PLACE, clock.now())) == (1, RULE)


@pytest.mark.parametrize("answer", [RULE.model_copy(update={"counts": True}), DiscountInvalid()])
async def test_an_answer_that_may_be_one_shoppers_is_not_shared(
    clock: FixedClock, answer: PromotionRule | Exception
) -> None:
    """Whether a use is left depends on the customer; so may a refusal."""
    codes, pricing = ResolvedCodes(clock), SlowPricing(answer)
    asking = await ask_at_once(codes, pricing)
    pricing.released.set()

    assert await asyncio.gather(*asking, return_exceptions=True) == [answer] * 5
    assert pricing.calls == 5


async def test_absence_is_shared(clock: FixedClock) -> None:
    """Who waited as long as the first does not wait as long again; who comes later asks anew."""
    codes, pricing = ResolvedCodes(clock), SlowPricing(Unavailable())
    asking = await ask_at_once(codes, pricing)
    pricing.released.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    pricing.answer = RULE

    assert [type(answer) for answer in answers] == [Unavailable] * 5
    assert (await codes.resolve(PLACE, pricing.resolve), pricing.calls) == (RULE, 2)


async def test_a_shopper_who_leaves_takes_nobody_along(clock: FixedClock) -> None:
    """One who waited asks in their place, and one who only waited is not missed."""
    codes, pricing = ResolvedCodes(clock), SlowPricing(RULE)
    first, second, *others = await ask_at_once(codes, pricing)
    for leaving in (first, second):
        leaving.cancel()
    await asyncio.wait([first, second])
    pricing.released.set()

    assert await asyncio.gather(*others) == [RULE] * 3
    assert (pricing.calls, first.cancelled(), second.cancelled()) == (2, True, True)

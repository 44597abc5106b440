"""How a batch is divided among transactions."""

from typing import Any
from uuid import UUID

from contracts.envelope import Envelope
from hypothesis import given
from hypothesis import strategies as st
from servicekit.messaging.consuming.shares import SHARES, shares_of

SIZE = 40


def pair(number: int, company: int) -> Any:
    """A message, which only has to be told from others, and its event."""
    return number, Envelope[Any].model_construct(companyid=UUID(int=company))


@given(st.lists(st.integers(0, 12), max_size=SIZE))
def test_a_company_is_in_one_share_and_its_events_stay_in_order(companies: list[int]) -> None:
    """Nothing is lost or doubled, and there are never more than SHARES transactions."""
    pairs = [pair(number, company) for number, company in enumerate(companies)]

    shares = shares_of(pairs, SIZE)

    found = [(one[1].companyid, one[0]) for share in shares for one in share]
    assert found == sorted((one[1].companyid, one[0]) for one in pairs)
    seen = [{one[1].companyid for one in share} for share in shares]
    assert sum(map(len, seen)) == len(set(companies))
    assert len(shares) <= SHARES


def test_a_small_batch_of_many_companies_is_one_transaction() -> None:
    """Light traffic does not pay for partitioning."""
    assert len(shares_of([pair(company, company) for company in range(SIZE // SHARES)], SIZE)) == 1


def test_a_full_batch_of_one_company_is_one_transaction() -> None:
    """There is nothing to divide."""
    assert len(shares_of([pair(number, 1) for number in range(SIZE)], SIZE)) == 1

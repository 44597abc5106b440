"""Random histories of a company's carts, for property tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.base import Actor
from contracts.envelope import Envelope
from hypothesis import strategies as st
from servicekit.ids import new_id

from .cart_history import CartHistory

Happening = Callable[[datetime], Envelope[Any]]
"""Something that happens to a cart at a time, as the event of it."""

_ACTORS: st.SearchStrategy[Actor] = st.sampled_from(("shopper", "shopper", "shopper", "staff", "bot", "system"))
_START = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
_MOMENTS = st.integers(0, 60 * 24 * 3).map(lambda minutes: _START + timedelta(minutes=minutes))
_PRODUCTS = tuple(new_id() for _ in range(3))
_SITES = tuple(new_id() for _ in range(2))


@st.composite
def histories(draw: st.DrawFn, company_id: UUID) -> list[Envelope[Any]]:
    """What happened to some carts, in the order of their versions; the clocks of the publishers may disagree."""
    return [event for _ in range(draw(st.integers(1, 4))) for event in _life(draw, company_id)]


def _life(draw: st.DrawFn, company_id: UUID) -> list[Envelope[Any]]:
    cart = CartHistory(company_id, draw(st.sampled_from(_SITES)), draw(st.sampled_from(("EUR", "JPY"))))
    happenings: dict[str, Happening] = {
        "added": lambda at: cart.added(
            draw(st.sampled_from(_PRODUCTS)), draw(st.integers(1, 5)), at, actor=draw(_ACTORS)
        ),
        "viewed": lambda at: cart.viewed(at, actor=draw(_ACTORS)),
        "cleared": cart.cleared,
        "held": cart.held,
        "abandoned": cart.abandoned,
        "reactivated": cart.reactivated,
        "recovered": lambda at: cart.recovered(at, draw(st.sampled_from(("recovered", "influenced")))),
    }
    middle = draw(st.lists(st.sampled_from(sorted(happenings)), max_size=8))
    life = [cart.created(draw(_MOMENTS), actor=draw(_ACTORS)), *(happenings[name](draw(_MOMENTS)) for name in middle)]
    endings: dict[str, Happening] = {
        "converted": lambda at: cart.converted(at, actor=draw(_ACTORS)),
        "merged": cart.merged,
        "expired": cart.expired,
    }
    ending = draw(st.sampled_from((None, *sorted(endings))))
    return [*life, endings[ending](draw(_MOMENTS))] if ending else life

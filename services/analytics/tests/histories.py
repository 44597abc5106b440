"""Random histories of a company's carts, for property tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.base import Actor
from contracts.envelope import Envelope
from hypothesis import strategies as st
from servicekit.ids import new_id

from .stories import Story

Happening = Callable[[datetime], Envelope[Any]]
"""Something that happens to a cart at a time, as the event of it."""

_ACTORS: st.SearchStrategy[Actor] = st.sampled_from(("shopper", "shopper", "shopper", "staff", "bot", "system"))
_START = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
_MOMENTS = st.integers(0, 60 * 24 * 3).map(lambda minutes: _START + timedelta(minutes=minutes))
_PRODUCTS = tuple(new_id() for _ in range(3))
_SITES = tuple(new_id() for _ in range(2))


@st.composite
def histories(draw: st.DrawFn, company_id: UUID) -> list[Envelope[Any]]:
    """What happened to some carts, in the order of their versions; the clocks of those who told it may disagree."""
    return [event for _ in range(draw(st.integers(1, 4))) for event in _life(draw, company_id)]


def _life(draw: st.DrawFn, company_id: UUID) -> list[Envelope[Any]]:
    story = Story(company_id, draw(st.sampled_from(_SITES)), draw(st.sampled_from(("EUR", "JPY"))))
    happenings: dict[str, Happening] = {
        "added": lambda at: story.added(
            draw(st.sampled_from(_PRODUCTS)), draw(st.integers(1, 5)), at, actor=draw(_ACTORS)
        ),
        "viewed": lambda at: story.viewed(at, actor=draw(_ACTORS)),
        "cleared": story.cleared,
        "held": story.held,
        "abandoned": story.abandoned,
        "reactivated": story.reactivated,
        "recovered": lambda at: story.recovered(at, draw(st.sampled_from(("recovered", "influenced")))),
    }
    middle = draw(st.lists(st.sampled_from(sorted(happenings)), max_size=8))
    life = [story.created(draw(_MOMENTS), actor=draw(_ACTORS)), *(happenings[name](draw(_MOMENTS)) for name in middle)]
    endings: dict[str, Happening] = {
        "converted": lambda at: story.converted(at, actor=draw(_ACTORS)),
        "merged": story.merged,
        "expired": story.expired,
    }
    ending = draw(st.sampled_from((None, *sorted(endings))))
    return [*life, endings[ending](draw(_MOMENTS))] if ending else life

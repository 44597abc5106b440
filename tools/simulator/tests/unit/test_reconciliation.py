"""Comparing figures: one that differs is always named, and nobody waits longer than it makes sense."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from simulator.reconciliation.figures import Figure, compare, differing, verdict
from simulator.reconciliation.quiescence import Patience, until_quiescent

FIGURES = st.dictionaries(st.text(min_size=1, max_size=5), st.integers(0, 1000), max_size=8)
QUICK = Patience(steady=0.02, still=0.1, most=5.0, pause=0.005)


@given(FIGURES)
def test_equal_figures_agree(figures: dict[str, int]) -> None:
    """Nothing differs from itself."""
    assert not differing(compare(figures, figures))


@given(FIGURES, st.text(min_size=1, max_size=5), st.integers(1, 1000))
def test_one_figure_off_is_named(figures: dict[str, int], name: str, off: int) -> None:
    """Whichever figure it is, and in whichever direction."""
    counted = {**figures, name: figures.get(name, 0) + off}

    assert [figure.name for figure in differing(compare(figures, counted))] == [name]
    assert [figure.name for figure in differing(compare(counted, figures))] == [name]


def test_what_the_other_side_does_not_know_differs() -> None:
    """A figure without a counterpart is no equal one, not even when nothing was expected."""
    [figure] = compare({"carts": 0}, {})

    assert figure == Figure("carts", 0, None)
    assert not figure.is_equal
    assert verdict([figure]) == "1 of 1 figures differ: carts (0 ≠ None)"


def test_the_verdict_names_what_differs() -> None:
    """Whoever reads only the last line knows where to look."""
    assert verdict(compare({"carts": 2, "units": 3}, {"carts": 2, "units": 4})) == (
        "1 of 2 figures differ: units (3 ≠ 4)"
    )
    assert verdict(compare({"carts": 2}, {"carts": 2})) == "all 1 figures are equal"


async def test_waiting_ends_when_the_figures_agree_and_stay() -> None:
    """What is still under way is waited for."""
    counted = iter([0, 1, 2, *[3] * 1000])

    async def look() -> Sequence[Figure]:
        return compare({"carts": 3}, {"carts": next(counted)})

    assert not differing(await until_quiescent(look, QUICK))


async def test_an_agreement_that_does_not_last_is_none() -> None:
    """An event that is counted twice a moment later must not slip through."""
    counted = iter([3, *[4] * 1000])

    async def look() -> Sequence[Figure]:
        return compare({"carts": 3}, {"carts": next(counted)})

    assert differing(await until_quiescent(look, QUICK))


async def test_figures_that_stand_still_apart_are_given_up() -> None:
    """A lost event never comes: the run ends and says so."""

    async def look() -> Sequence[Figure]:
        return compare({"carts": 3}, {"carts": 2})

    assert differing(await until_quiescent(look, QUICK))

"""The shoppers' ledger: what it concludes from answers, how it adds up, and that no difference goes unseen."""

from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from cartwheel_client.models.cart import CartTotals, CartView, LineView, TotalsView
from simulator.demo.errors import NoDemo, WrongAnswer
from simulator.demo.journeys import JOURNEYS, choose
from simulator.demo.ledger import CartNote, Ledger
from simulator.demo.pages import button, form, last_link
from simulator.demo.sums import sums_of
from simulator.reconciliation.figures import compare, differing


def answer(version: int, *, status: str = "ACTIVE", items: int = 1, total: int = 100) -> CartView:
    """As much of a cart as the ledger looks at, as the shop answers it."""
    totals = TotalsView.model_construct(item_count=items, total=total, discount_total=0)
    return CartView.model_construct(
        id=uuid4(),
        currency="USD",
        version=version,
        status=status,
        items=[LineView.model_construct()] * items,
        discounts=[],
        totals=totals,
    )


def note(**seen: Any) -> CartNote:
    """A cart of which this was seen."""
    return CartNote(**{"id": "a-cart", "currency": "USD", **seen})


def seeded() -> Random:
    """Choices that are the same every time."""
    return Random(1)  # noqa: S311  # a simulation, repeatable on purpose


def test_a_version_that_nobody_made_was_the_abandonment() -> None:
    """A shopper who is slow for a moment does not see the state ABANDONED, but the version shows it."""
    quick, slow = note(version=3), note(version=3)

    quick.changed(answer(4))
    slow.changed(answer(5))

    assert not quick.abandoned
    assert slow.abandoned


def test_looking_is_no_step() -> None:
    """Whoever only looks and finds another version has been noticed as gone."""
    cart = note(version=3)

    cart.looked(answer(3))
    assert (cart.viewed, cart.abandoned) == (True, False)

    cart.looked(answer(4, status="ABANDONED"))
    assert cart.abandoned


def test_an_order_is_a_step() -> None:
    """Also between the last look and the order a cart can be found abandoned."""
    totals = CartTotals.model_construct(item_count=2, total=250, discount_total=50)
    at_once, later = note(version=3), note(version=3)

    at_once.ordered(totals, 4)
    later.ordered(totals, 5)

    assert (at_once.status, at_once.total, at_once.abandoned, later.abandoned) == ("CONVERTED", 250, False, True)


def test_a_guests_cart_that_was_merged_ends_with_a_step() -> None:
    """The merge itself is no abandonment of the guest's cart."""
    cart = note(version=3)

    cart.merged(4)

    assert (cart.status, cart.version, cart.abandoned) == ("MERGED", 4, False)


def test_the_sums_of_a_small_day() -> None:
    """Worked out by hand: four carts in dollars, one in euros."""
    ledger = Ledger("a-company", mails=2, clicks=1)
    ledger.carts += [
        note(status="CONVERTED", items=2, total=501, had_line=True, held=True),
        note(status="CONVERTED", items=1, total=300, had_line=True, abandoned=True, clicked=True, restored=True),
        note(status="ABANDONED", items=1, total=200, had_line=True, viewed=True, abandoned=True),
        note(status="ACTIVE"),
        note(currency="EUR", status="CONVERTED", items=5, total=900, had_line=True, abandoned=True, clicked=True),
    ]

    sums = sums_of(ledger)

    assert sums["USD created"] == 4
    assert (sums["USD active"], sums["USD abandoned"], sums["USD converted"]) == (1, 2, 2)
    assert (sums["USD revenue"], sums["USD units"]) == (801, 3)
    assert sums["USD average value"] == 334  # 1001 / 3 = 333.67
    assert sums["USD abandonment rate"] == 0.3333
    assert (sums["USD recovered"], sums["USD recovered revenue"], sums["USD influenced"]) == (1, 300, 0)
    assert (sums["EUR recovered"], sums["EUR influenced"], sums["EUR influenced revenue"]) == (0, 1, 900)
    assert [sums[f"USD {step}"] for step in ("item added", "viewed", "checkout started")] == [3, 3, 2]
    assert (sums["mails sent"], sums["mails clicked"]) == (2, 1)


@pytest.mark.parametrize(("total", "mean"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_a_mean_is_rounded_half_to_even(total: int, mean: int) -> None:
    """As analytics rounds it (rules.md 2), or an average would differ by one for no reason."""
    ledger = Ledger("a-company", carts=[note(items=1, total=total), note(items=1, total=0)])

    assert sums_of(ledger)["USD average value"] == mean


def test_a_lost_cart_differs_in_more_than_one_figure() -> None:
    """What analytics does not know of, it cannot count anywhere."""
    seen = Ledger("a-company", carts=[note(status="CONVERTED", items=1, total=300, had_line=True), note()])
    counted = Ledger("a-company", carts=seen.carts[1:])

    names = {figure.name for figure in differing(compare(sums_of(seen), sums_of(counted)))}

    assert {"USD created", "USD converted", "USD revenue", "USD units", "USD item added"} <= names


def test_a_ledger_is_read_back_as_it_was(tmp_path: Path) -> None:
    """A demo can be reconciled again long after its shoppers have gone."""
    ledger = Ledger("a-company", carts=[note(version=7, total=123)], mails=3)

    ledger.save(tmp_path / "ledger.json")

    assert Ledger.load(tmp_path / "ledger.json") == ledger


@pytest.mark.parametrize("content", [None, "", "[]", '{"carts": [{"colour": "red"}]}'])
def test_what_is_no_ledger_is_refused(tmp_path: Path, content: str | None) -> None:
    """A sentence says what to do instead."""
    if content is not None:
        (tmp_path / "ledger.json").write_text(content)

    with pytest.raises(NoDemo, match="run `make demo` first"):
        Ledger.load(tmp_path / "ledger.json")


def test_one_seed_makes_one_crowd_and_every_kind_is_in_it() -> None:
    """A demo is the same again, and however small it shows everything that shoppers do."""
    kinds = [journey for journey, _ in JOURNEYS]

    assert choose(50, seeded()) == choose(50, seeded())
    assert set(choose(len(kinds), seeded())) == set(kinds)
    assert len(choose(3, seeded())) == 3


def test_links_are_found_where_a_person_sees_them() -> None:
    """The button of a mail, the form of a page, and the small print at the end."""
    html = (
        '<a href="/logo">x</a><a class="big button" href="/r/1?a=1&amp;b=2">Go</a><form action="/do" data-click="/c">'
    )

    assert button(html) == "/r/1?a=1&b=2"
    assert form(html)["data-click"] == "/c"
    assert last_link(html + '<a href="/out">unsubscribe</a>') == "/out"


@pytest.mark.parametrize("find", [button, form, last_link])
def test_a_mail_without_links_is_a_wrong_answer(find: Any) -> None:
    """A shopper who cannot go on says so; a missing link must never look like a shopper without interest."""
    with pytest.raises(WrongAnswer):
        find("<p>Nothing to press</p>")

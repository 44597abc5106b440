"""What a file counts, how its sales are kept on the way, and how days are compared."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from simulator.reconciliation.figures import differing
from simulator.replay.articles import VARIANTS_PER_PRODUCT, product_ids, products
from simulator.replay.reconciling import figures_of
from simulator.replay.sales import Reason, Sale
from simulator.replay.staging import Article, Item, Staging
from simulator.replay.tally import Day, Tally

NOON = datetime(2010, 12, 1, 12, tzinfo=UTC)


def sale(
    line: int, *, invoice: str = "1", code: str = "A", quantity: int = 1, pence: int = 100, at: datetime = NOON
) -> Sale:
    """A line of a sale."""
    return Sale(line, invoice, code, f"ARTICLE {code} {line}", quantity, at, pence)


def test_an_invoice_counts_on_the_day_of_its_earliest_line() -> None:
    """An invoice written over midnight is one cart of one day."""
    tally = Tally()
    for row in (sale(2, at=NOON + timedelta(hours=12, minutes=1)), sale(3, at=NOON), sale(4, invoice="2", quantity=3)):
        tally.add(row)

    assert tally.days() == {date(2010, 12, 1): Day(carts=2, units=5, pence=500)}


def test_rejected_rows_are_counted_with_their_first_lines() -> None:
    """A report names lines to look at, and not a million of them."""
    tally = Tally()
    for line in range(2, 102):
        tally.reject(line, Reason.CANCELLED)

    assert tally.rejected[Reason.CANCELLED].rows == 100
    assert tally.rejected[Reason.CANCELLED].first_lines == list(range(2, 12))


def test_invoices_come_out_in_order_of_time_and_whole(tmp_path: Path) -> None:
    """Also when the file's rows are in no order at all; repeated lines stay as they were written."""
    with Staging(tmp_path / "staging") as staging:
        staging.add(sale(2, invoice="late", at=NOON + timedelta(minutes=5)))
        staging.add(sale(3, invoice="early", quantity=2))
        staging.add(sale(4, invoice="late", code="B", pence=7, at=NOON + timedelta(minutes=6)))
        staging.add(sale(5, invoice="early", quantity=1))
        staging.complete()
        invoices = list(staging.invoices())

    assert [invoice.number for invoice in invoices] == ["early", "late"]
    assert invoices[0].items == (Item("A", 100, 2), Item("A", 100, 1))
    assert invoices[1].total == 107
    assert not (tmp_path / "staging").exists()


def test_an_article_has_its_first_title_and_every_price(tmp_path: Path) -> None:
    """One variant for each code and price, however often they occur."""
    with Staging(tmp_path / "staging") as staging:
        for row in (sale(2, pence=300), sale(3, pence=100), sale(4, pence=300)):
            staging.add(row)
        staging.complete()

        assert list(staging.articles()) == [Article("A", "ARTICLE A 2", (100, 300))]
        assert staging.prices("A") == (100, 300)


@given(prices=st.sets(st.integers(1, 10**6), min_size=1, max_size=3 * VARIANTS_PER_PRODUCT))
def test_every_price_is_found_in_the_catalogue(prices: set[int]) -> None:
    """What is put into a cart is what was imported, also for articles of very many prices."""
    company, article = uuid4(), Article("BANK CHARGES", "BANK CHARGES", tuple(sorted(prices)))
    imported = {
        (row["id"], variant["id"]): variant["prices"]["GBP"]
        for row in products(company, article)
        for variant in row["variants"]
    }

    ids = product_ids(company, article.code, article.prices)

    assert {imported[str(product), str(variant)] for product, variant in ids.values()} == prices
    assert len(imported) == len(prices)


def test_a_handle_has_no_blanks() -> None:
    """The catalogue takes no handle with blanks, and codes may have them."""
    [row] = products(uuid4(), Article("BANK CHARGES", "CHARGES", (100,)))

    assert row["handle"] == "BANK%20CHARGES"


def test_a_day_that_only_one_side_has_differs() -> None:
    """A sale counted under another day must not go unseen, though the sums agree."""
    figures = figures_of(
        {date(2010, 12, 1): Day(1, 2, 300)}, {date(2010, 12, 2): {"carts": 1, "units": 2, "revenue": 300}}
    )

    assert [figure.name for figure in differing(figures)] == [
        *(f"2010-12-01: {name}" for name in ("carts", "units", "revenue")),
        *(f"2010-12-02: {name}" for name in ("carts", "units", "revenue")),
    ]

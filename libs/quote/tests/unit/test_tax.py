"""Which rates hold where, and the tax on lines and shipping (rules.md 2, 25)."""

from dataclasses import replace

import pytest
from contracts.ruleset import ShippingRule, TaxRate
from quote import Quote, QuoteContext

from .builders import DOLLARS, GERMANY, amount_off, line, percent, quoted, shipping, tax

PIN = line("pin", 108, 3)
VAT = tax("VAT", "19")
CANADA = replace(DOLLARS, country="CA", state="QC")
GST = tax("GST", "5", country="CA", type="GST", priority=1)
QST = tax("QST", "9.975", country="CA", state="QC", type="PST", priority=2)


def taxes(quote: Quote) -> dict[str, int]:
    return {amount.name: amount.amount for amount in quote.taxes}


@pytest.mark.parametrize(("scope", "total"), [("LINE", 386), ("UNIT", 387)])
def test_rounding_per_line_or_per_unit(scope: str, total: int) -> None:
    """At 19 %, 3 x 1.08 is 3.86 by line (3.8556) and 3.87 by unit (3 x 1.29): the example of rules.md 2."""
    priced = quoted([PIN], VAT, context=GERMANY, rounding_scope=scope)

    assert priced.totals.total == total
    assert priced.totals.tax_total == total - 324


@pytest.mark.parametrize(("mode", "tax_total"), [("HALF_EVEN", 2), ("HALF_UP", 3), ("HALF_DOWN", 2)], ids=str)
def test_half_a_cent_of_tax_goes_as_the_company_rounds(mode: str, tax_total: int) -> None:
    """10 % on 25 cents is 2.5 cents."""
    priced = quoted([line("pin", 25)], tax("VAT", "10"), context=GERMANY, rounding_mode=mode)

    assert priced.totals.tax_total == tax_total


def test_tax_by_unit_of_a_discounted_line() -> None:
    """3.23 over three units is 1.08 + 1.08 + 1.07, each with its own rounded tax: 21 + 21 + 20 cents."""
    priced = quoted([PIN], VAT, amount_off("cent", 1), context=GERMANY, rounding_scope="UNIT")

    assert (priced.totals.tax_total, priced.totals.total) == (62, 385)


def test_prices_that_include_tax_only_report_it() -> None:
    """19 % of 119.00 is 19.00: the total stays what the shopper was shown."""
    priced = quoted([line("coat", 11_900)], VAT, context=GERMANY, tax_inclusive=True)

    assert (priced.totals.total, priced.totals.tax_total) == (11_900, 1900)
    assert priced.tax_inclusive


def test_tax_is_charged_on_what_discounts_leave() -> None:
    """10 % off 100.00, then 19 % of 90.00."""
    priced = quoted([line("coat", 10_000)], VAT, percent("ten", 10), context=GERMANY)

    assert (priced.lines[0].line_discount, priced.lines[0].line_tax, priced.lines[0].line_total) == (1000, 1710, 10_710)


def test_stacked_rates_are_rounded_once_and_split_exactly() -> None:
    """5 % and 9.975 % of 9.99 are 14.975 %, so 1.50 in all: 0.50 and 1.00."""
    priced = quoted([line("book", 999)], GST, QST, context=CANADA)

    assert priced.totals.tax_total == 150
    assert taxes(priced) == {"GST": 50, "QST": 100}


def test_a_compound_rate_is_charged_on_the_taxes_before_it() -> None:
    """On 100.00, 5 % is 5.00 and 9.975 % of 105.00 is 10.47 (10.47375), 15.47 together."""
    compound = QST.model_copy(update={"compound": True})

    priced = quoted([line("coat", 10_000)], compound, GST, context=CANADA)

    assert taxes(priced) == {"GST": 500, "QST": 1047}


def test_compound_rates_contained_in_a_price() -> None:
    """115.47 that contains 5 % and a compound 9.975 % has 15.47 of tax in it."""
    compound = QST.model_copy(update={"compound": True})

    priced = quoted([line("coat", 11_547)], compound, GST, context=CANADA, tax_inclusive=True)

    assert (priced.totals.total, priced.totals.tax_total) == (11_547, 1547)


@pytest.mark.parametrize(
    ("context", "names"),
    [
        (DOLLARS, set()),
        (replace(DOLLARS, country="FR"), set()),
        (replace(DOLLARS, country="US"), {"federal"}),
        (replace(DOLLARS, country="US", state="CA"), {"federal"}),
        (replace(DOLLARS, country="US", state="NY"), {"federal", "state"}),
        (replace(DOLLARS, country="US", state="NY", postal_code="10 001"), {"federal", "state", "city"}),
        (replace(DOLLARS, country="US", state="NY", postal_code="10-0x"), {"federal", "state"}),
        (replace(DOLLARS, country="US", postal_code="10001"), {"federal"}),
    ],
)
def test_a_rate_holds_where_it_says(context: QuoteContext, names: set[str]) -> None:
    """Country, state and postal prefix must all fit; an unknown place has only what holds everywhere in it."""
    place = {"country": "US", "type": "SALES_TAX"}
    rates = [
        tax("federal", "1", **place),
        tax("state", "4", **place, state="NY"),
        tax("city", "4.5", **place, state="NY", postal_prefix="1000"),
    ]

    assert set(taxes(quoted([PIN], *rates, context=context))) == names


def test_a_company_may_show_one_country_before_an_address_is_known() -> None:
    """The default country is used until the shopper says another."""
    fr = tax("TVA", "20", country="FR")

    assert taxes(quoted([PIN], VAT, fr, default_country="DE")) == {"VAT": 62}
    assert taxes(quoted([PIN], VAT, fr, default_country="DE", context=replace(DOLLARS, country="FR"))) == {"TVA": 65}


def test_a_reduced_rate_replaces_the_general_one_for_its_category() -> None:
    """Books at 7 %, everything else, known category or not, at 19 %."""
    reduced = tax("reduced", "7", category="books")
    lines = [line("book", 1000, tax="books"), line("mug", 1000), line("hat", 1000, tax="clothes")]

    priced = quoted(lines, VAT, reduced, context=GERMANY)

    assert [item.line_tax for item in priced.lines] == [70, 190, 190]
    assert taxes(priced) == {"VAT": 380, "reduced": 70}


def test_a_reduced_rate_leaves_other_taxes_alone() -> None:
    """A category's GST replaces the general GST; the province's tax stays stacked."""
    zero = tax("zero", "0", country="CA", type="GST", category="food")

    priced = quoted([line("bread", 1000, tax="food")], GST, QST, zero, context=CANADA)

    assert taxes(priced) == {"QST": 100, "zero": 0}


def test_rates_found_for_an_address_replace_those_of_the_rule_set() -> None:
    """What pricing resolved is used as it is, also when it is nothing."""
    resolved = replace(GERMANY, address_tax_rates=(tax("resolved", "16"),))

    assert taxes(quoted([PIN], VAT, context=resolved)) == {"resolved": 52}
    assert taxes(quoted([PIN], VAT, context=replace(GERMANY, address_tax_rates=()))) == {}


def test_an_exempt_customer_pays_no_tax_on_top() -> None:
    """Net prices are simply the price."""
    priced = quoted([PIN], VAT, context=replace(GERMANY, tax_exempt=True))

    assert (priced.totals.tax_total, priced.totals.total) == (0, 324)


def test_an_exempt_customer_gets_the_contained_tax_taken_out() -> None:
    """119.00 with 19 % in it is 100.00 for who owes none, on goods and on shipping."""
    exempt = replace(GERMANY, tax_exempt=True)

    priced = quoted([line("coat", 11_900)], VAT, shipping("post", 595), context=exempt, tax_inclusive=True)

    assert (priced.lines[0].exempted_tax, priced.lines[0].line_total) == (1900, 10_000)
    assert priced.shipping is not None
    assert (priced.shipping.exempted_tax, priced.shipping.total) == (95, 500)
    assert (priced.totals.tax_total, priced.totals.total) == (0, 10_500)


@pytest.mark.parametrize(
    ("rate", "rule", "shipping_tax"),
    [
        (VAT, shipping("post", 500), 95),
        (VAT, shipping("post", 500, taxable=False), 0),
        (tax("VAT", "19", shipping_taxable=False), shipping("post", 500), 0),
        (tax("books", "7", category="books"), shipping("post", 500), 0),
    ],
)
def test_shipping_is_taxed_where_its_rule_and_the_rate_say_so(
    rate: TaxRate, rule: ShippingRule, shipping_tax: int
) -> None:
    """A category's rate is for goods; `shippingTotal` is with its tax (rules.md 4)."""
    priced = quoted([line("gift", 0)], rate, rule, context=GERMANY)

    assert priced.shipping is not None
    assert priced.shipping.tax == shipping_tax
    assert priced.totals.shipping_total == 500 + shipping_tax
    assert priced.totals.tax_total == shipping_tax

"""The index finds for each promotion the lines that looking at each line finds."""

from hypothesis import given
from hypothesis import strategies as st
from quote import LineInput
from quote.basket import Basket, fill
from quote.coverage import Coverage
from quote.promotion import CompiledPromotion, compile_promotion

from .strategies import carts, promotions

compiled = st.integers(0, 8).flatmap(lambda count: st.tuples(*(promotions(number) for number in range(count))))


def lines_of(promotion: CompiledPromotion, basket: Basket) -> list[int]:
    """The rule itself, line by line (rules.md 21)."""
    return [index for index, line in enumerate(basket.lines) if covers(promotion, line)]


def covers(promotion: CompiledPromotion, line: LineInput) -> bool:
    named = line.product_id.int in promotion.products or not promotion.categories.isdisjoint(line.category_ids)
    return promotion.covers_all or named


@given(carts(), compiled.map(lambda rules: [compile_promotion(rule) for rule in rules]))
def test_each_promotion_covers_the_lines_it_names_and_all_come_in_their_order(
    lines: list[LineInput], rules: list[CompiledPromotion]
) -> None:
    basket, coverage = fill(lines), Coverage(rules)
    ordered = sorted(rules, key=lambda promotion: promotion.order)

    every = [(promotion, list(covered)) for promotion, covered in coverage.all(basket)]
    covering = [(promotion, list(covered)) for promotion, covered in coverage.covering(basket)]

    assert every == [(promotion, lines_of(promotion, basket)) for promotion in ordered]
    assert covering == [pair for pair in every if pair[1] or pair[0].covers_all]

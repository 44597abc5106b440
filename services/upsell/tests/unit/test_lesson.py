"""What one sale teaches."""

from itertools import combinations
from uuid import UUID

from contracts.cart import CompactLine
from hypothesis import given
from hypothesis import strategies as st
from upsell.learning.domain import MAX_PAIRED, lesson_of


def line(product: int, quantity: int, line_total: int) -> CompactLine:
    """A line of a sale; products go by number."""
    return CompactLine(
        line_id=UUID(int=0),
        product_id=UUID(int=product),
        variant_id=UUID(int=0),
        quantity=quantity,
        unit_price=0,
        line_discount=0,
        line_total=line_total,
    )


lines = st.lists(st.builds(line, st.integers(1, 60), st.integers(1, 100), st.integers(0, 10**9)), max_size=80)


@given(lines)
def test_units_are_all_counted_and_nothing_is_learned_twice(sale: list[CompactLine]) -> None:
    """The quantities add up; products and pairs come once, in the order in which rows are locked."""
    lesson = lesson_of(sale)

    products = [product for product, _ in lesson.quantities]
    assert sum(units for _, units in lesson.quantities) == sum(bought.quantity for bought in sale)
    assert products == sorted({bought.product_id for bought in sale})
    assert list(lesson.pairs) == sorted(set(lesson.pairs))
    assert all(first < second for first, second in lesson.pairs)


@given(lines.flatmap(lambda sale: st.tuples(st.just(sale), st.permutations(sale))))
def test_the_order_of_lines_does_not_matter(sales: tuple[list[CompactLine], list[CompactLine]]) -> None:
    """Equal sales teach the same, however their lines are sorted."""
    sale, shuffled = sales

    assert lesson_of(shuffled) == lesson_of(sale)


@given(lines)
def test_a_sale_of_few_products_pairs_all_of_them(sale: list[CompactLine]) -> None:
    """The bound is only for very large sales."""
    products = sorted({bought.product_id for bought in sale})[:MAX_PAIRED]
    small = [bought for bought in sale if bought.product_id in products]

    assert list(lesson_of(small).pairs) == list(combinations(products, 2))


def test_a_very_large_sale_pairs_what_was_worth_most() -> None:
    """The cheapest are left out, the smaller id stays among equals."""
    sale = [line(number, 1, 100) for number in range(1, MAX_PAIRED + 3)] + [line(999, 1, 500)]

    paired = {product.int for pair in lesson_of(sale).pairs for product in pair}

    assert paired == {*range(1, MAX_PAIRED), 999}

"""The comparison's rules, over products that nobody thought of."""

from uuid import UUID

from cart.carts.domain.context import ChangeContext
from cart.catalogue.domain import CatalogueProduct
from cart.comparisons.domain import Comparison, attribute_rows
from cart.lists.domain import Owner
from hypothesis import given
from hypothesis import strategies as st
from servicekit.ids import new_id

from ..building import COMPANY, NOW, variant

CONTEXT = ChangeContext("shopper", NOW, new_id)
MOST = 4

numbers = st.lists(st.integers(1, 8), max_size=MOST, unique=True)
attributes = st.dictionaries(st.sampled_from(["watts", "socket", "colour", "height"]), st.sampled_from("abc"))


def compared(chosen: list[int], owner: Owner) -> Comparison:
    """A comparison of these products."""
    made = Comparison.begin(COMPANY, owner, CONTEXT)
    for number in chosen:
        made.add(UUID(int=number), None, MOST, CONTEXT)
    return made


def content(of: Comparison) -> list[int]:
    """The numbers of the products, in order."""
    return [item.product_id.int for item in of.items]


@given(numbers, numbers, st.integers(0, MOST))
def test_a_merge_keeps_the_customers_and_never_exceeds_the_limit(
    customers: list[int], guests: list[int], most: int
) -> None:
    """What is new comes after, as far as there is room; merged again, nothing changes."""
    site = UUID(int=2)
    customer = compared(customers, Owner(site, "ada", None))
    guest = compared(guests, Owner(site, None, b"session"))

    customer.merge(guest, most, CONTEXT)
    once, version = content(customer), customer.version
    customer.merge(guest, most, CONTEXT)

    new = [number for number in guests if number not in customers]
    assert once == customers + new[: max(0, most - len(customers))]
    assert (content(customer), customer.version) == (once, version)


@given(st.lists(attributes, max_size=MOST))
def test_every_attribute_has_a_value_for_each_product(given_attributes: list[dict[str, str]]) -> None:
    """In their order, none where it has none; those that most have come first, and it says which tell them apart."""
    products = [
        CatalogueProduct(UUID(int=number), None, None, has, (variant(number),))
        for number, has in enumerate(given_attributes)
    ]

    rows = attribute_rows(products)

    assert {row.name for row in rows} == {name for has in given_attributes for name in has}
    for row in rows:
        assert row.values == tuple(has.get(row.name) for has in given_attributes)
        assert row.differs == (len(set(row.values)) > 1)
    missing = [row.values.count(None) for row in rows]
    assert missing == sorted(missing)

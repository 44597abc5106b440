"""The pure rules of the catalogue and of an import's plan."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory.catalogue.domain import (
    Product,
    ProductDraft,
    Variant,
    VariantDraft,
    changed_product,
    slugify,
)
from inventory.imports.domain.plan import Fault, Known, plan
from inventory.stock.domain import Level

MAIN = UUID(int=9)
MUG = Product(UUID(int=1), "mug", "Mug", "mug")
SMALL = Variant(UUID(int=2), MUG.id, "MUG-S", "Mug", {"USD": 1250})


def known(*, held: int = 0, taken: frozenset[UUID] = frozenset()) -> Known:
    """A company that has the mug, five of it."""
    return Known(MAIN, [MUG], [SMALL], {SMALL.id: Level(SMALL.id, MAIN, 5, held, 0)}, taken)


def draft(
    *variants: VariantDraft, handle: str = "mug", given_id: UUID | None = None, title: str | None = None
) -> ProductDraft:
    """A product of a file."""
    return ProductDraft(handle, {"title": title} if title else {}, given_id, variants)


@pytest.mark.parametrize(
    ("text", "slug"), [("Crème brûlée, 2 pcs", "creme-brulee-2-pcs"), ("  ", "item"), ("日本", "item"), ("A--B", "a-b")]
)
def test_titles_become_slugs(text: str, slug: str) -> None:
    """Plain letters and digits, parted by single hyphens; never empty."""
    assert slugify(text) == slug


@given(st.text(max_size=300))
def test_any_title_makes_a_valid_slug(text: str) -> None:
    """Whatever the title, the slug fits into an address."""
    slug = slugify(text)

    assert slug
    assert len(slug) <= 100
    assert all(part.isascii() and part.isalnum() for part in slug.split("-"))


def test_the_same_again_is_no_new_version() -> None:
    """Only a real change raises the version."""
    assert changed_product(MUG, {"title": "Mug"}) is MUG
    assert changed_product(MUG, {"title": "Cup"}).version == 2


def test_an_unchanged_product_is_not_written() -> None:
    """Nothing given, or the same given: nothing to do."""
    planned = plan(draft(VariantDraft("MUG-S", {"prices": {"USD": 1250}}, stock=5)), known(), uuid4)

    assert planned.outcome == "unchanged"
    assert planned.changes.is_empty


def test_a_new_variant_raises_the_products_version() -> None:
    """The product's next event has to carry it."""
    planned = plan(draft(VariantDraft("MUG-L", {"prices": {"USD": 1500}}, stock=3)), known(), uuid4)

    assert planned.outcome == "updated"
    assert [product.version for product in planned.changes.changed_products] == [2]
    assert [(variant.sku, variant.title) for variant in planned.changes.new_variants] == [("MUG-L", "Mug")]
    assert [move.on_hand for move in planned.changes.moves] == [3]


def test_another_way_of_counting_is_published() -> None:
    """A variant that is no longer counted changes StockChanged, though no piece moved."""
    planned = plan(draft(VariantDraft("MUG-S", {"tracked": False})), known(), uuid4)

    assert [(move.on_hand, move.held) for move in planned.changes.moves] == [(0, 0)]


@pytest.mark.parametrize(
    ("drafted", "faults"),
    [
        (
            draft(handle="cup"),
            [Fault("title", "is needed for a new product"), Fault("variants", "a new product needs at least one")],
        ),
        (draft(given_id=UUID(int=7)), [Fault("id", "the product with this key has another id")]),
        (draft(VariantDraft("X", {})), [Fault("prices", "at least one is needed for a new variant", 0)]),
        (draft(VariantDraft("MUG-S", {}, UUID(int=7))), [Fault("id", "the variant with this sku has another id", 0)]),
        (
            draft(VariantDraft("MUG-S", {}), VariantDraft("MUG-S", {})),
            [Fault("sku", "appears twice in this product", 1)],
        ),
        (
            draft(VariantDraft("MUG-S", {}), handle="cup", title="Cup"),
            [Fault("sku", "belongs to another product", 0)],
        ),
        (
            draft(VariantDraft("MUG-S", {}, stock=1)),
            [Fault("stock", "is below the 2 that are held for open checkouts", 0)],
        ),
        (
            draft(VariantDraft("X", {"prices": {"USD": 1}}, SMALL.id)),
            [Fault("id", "is already in use", 0)],
        ),
        (
            draft(VariantDraft("X", {"prices": {"USD": 1}}), handle="cup", given_id=UUID(int=8), title="Cup"),
            [Fault("id", "is already in use")],
        ),
    ],
)
def test_what_does_not_fit_is_named(drafted: ProductDraft, faults: list[Fault]) -> None:
    """Every fault of a product is found at once, and nothing of it is planned."""
    planned = plan(drafted, known(held=2, taken=frozenset({UUID(int=8)})), uuid4)

    assert list(planned.faults) == faults
    assert planned.changes.is_empty

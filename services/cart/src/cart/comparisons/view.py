"""How a comparison is shown to its owner, and to who has its link."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from cart.catalogue.domain import CatalogueProduct
from cart.comparisons.domain import ComparedItem, Comparison, attribute_rows
from cart.comparisons.schemas import AttributeRowView, ComparedItemView, ComparisonView, SharedComparisonView
from cart.lists.domain import ListSite
from cart.lists.schemas import ListedProductView
from cart.lists.view import link_view, product_fields

Products = Mapping[UUID, CatalogueProduct]


def comparison_view(comparison: Comparison | None, site: ListSite, products: Products) -> ComparisonView:
    """The whole comparison; one of nothing for who has none."""
    items = [] if comparison is None else _shown(comparison, products)
    return ComparisonView(
        enabled=site.enable_compare,
        site_id=site.id,
        currency=site.currency,
        version=comparison.version if comparison else 0,
        max_items=site.max_compare_items,
        items=[
            ComparedItemView(
                **product_fields(products, item.product_id, item.variant_id, site.currency),
                id=item.id,
                added_at=item.created_at,
            )
            for item in items
        ],
        attributes=_attributes(items, products),
        share=link_view(comparison.link) if comparison else None,
    )


def shared_view(comparison: Comparison, site: ListSite, products: Products) -> SharedComparisonView:
    """What a link shows: products and their attributes."""
    if comparison.link is None:
        raise ValueError("a comparison that is shown by its link has one")
    items = _shown(comparison, products)
    return SharedComparisonView(
        site_id=site.id,
        currency=site.currency,
        items=[
            ListedProductView(**product_fields(products, item.product_id, item.variant_id, site.currency))
            for item in items
        ],
        attributes=_attributes(items, products),
        expires_at=comparison.link.until,
    )


def _shown(comparison: Comparison, products: Products) -> list[ComparedItem]:
    return [item for item in comparison.items if item.product_id in products]


def _attributes(items: Sequence[ComparedItem], products: Products) -> list[AttributeRowView]:
    rows = attribute_rows([products[item.product_id] for item in items])
    return [AttributeRowView(name=row.name, values=list(row.values), differs=row.differs) for row in rows]

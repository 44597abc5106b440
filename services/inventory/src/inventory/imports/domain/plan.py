"""The pure rules of an import: what each product of a file makes of the catalogue, all of it or nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from inventory.catalogue import domain as catalogue
from inventory.catalogue.domain import Changes, Product, ProductDraft, Variant, VariantDraft
from inventory.stock.domain import Level, Move

Outcome = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a product is rejected. `variant` is the index of the variant concerned, None for the product itself."""

    field: str
    message: str
    variant: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written for one product, or the faults for which nothing is."""

    outcome: Outcome = "unchanged"
    changes: Changes = field(default_factory=Changes)
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Known:
    """What the company has already of all that a batch names. `levels`: the locked stock rows, by variant.

    `taken` are ids that turned out to belong to another company, `slugs` those of the company's products that the
    batch could want, each with its product.
    """

    warehouse_id: UUID
    products: Collection[Product] = ()
    variants: Collection[Variant] = ()
    levels: Mapping[UUID, Level] = field(default_factory=dict)
    taken: Collection[UUID] = ()
    slugs: dict[str, UUID] = field(default_factory=dict)
    product_by_id: dict[UUID, Product] = field(init=False)
    product_by_handle: dict[str, Product] = field(init=False)
    variant_by_id: dict[UUID, Variant] = field(init=False)
    variant_by_sku: dict[str, Variant] = field(init=False)

    def __post_init__(self) -> None:
        self.product_by_id = {product.id: product for product in self.products}
        self.product_by_handle = {product.handle: product for product in self.products}
        self.variant_by_id = {variant.id: variant for variant in self.variants}
        self.variant_by_sku = {variant.sku: variant for variant in self.variants}

    def plan_all(self, drafts: Sequence[ProductDraft], new_id: Callable[[], UUID]) -> list["Plan"]:
        """What each of these makes of the catalogue, in their order; none takes a slug that one before it takes."""
        self.slugs, slugs = dict(self.slugs), self.slugs
        plans = []
        for draft in drafts:
            plans.append(plan(draft, self, new_id))
            written = (*plans[-1].changes.new_products, *plans[-1].changes.changed_products)
            self.slugs |= {product.slug: product.id for product in written}
        self.slugs = slugs
        return plans


def keys(draft: ProductDraft) -> Iterator[tuple[str, object]]:
    """Everything by which a draft names something; two drafts that share a key cannot be planned together."""
    yield "product", draft.handle
    if draft.id:
        yield "product id", draft.id
    for variant in draft.variants:
        yield "variant", variant.sku
        if variant.id:
            yield "variant id", variant.id


def moves_stock(draft: VariantDraft, known: Known) -> UUID | None:
    """The existing variant whose stock row this draft may change, if any: it has to be locked before planning."""
    variant = known.variant_by_sku.get(draft.sku)
    if variant is None:
        return None
    after = replace(variant, **draft.fields)
    return variant.id if draft.stock is not None or catalogue.changes_stock_event(variant, after) else None


def plan(draft: ProductDraft, known: Known, new_id: Callable[[], UUID]) -> Plan:
    """What this product makes of the catalogue; a sku or handle that is known is changed, another one made."""
    faults = list(_faults(draft, known))
    if faults:
        return Plan(faults=tuple(faults))
    current = known.product_by_handle.get(draft.handle)
    product = (
        catalogue.changed_product(current, draft.fields)
        if current
        else catalogue.new_product(draft, draft.id or new_id(), known.slugs)
    )
    changes = Changes()
    for variant in draft.variants:
        _plan_variant(variant, product, known, new_id, changes)
    touched = changes.new_variants or changes.changed_variants
    if current is None:
        changes.new_products.append(product)
    elif product is not current:
        changes.changed_products.append(product)
    elif touched:
        changes.changed_products.append(replace(product, version=product.version + 1))
    if current is None:
        return Plan("created", changes)
    return Plan("updated" if changes.changed_products or changes.moves else "unchanged", changes)


def _plan_variant(
    draft: VariantDraft, product: Product, known: Known, new_id: Callable[[], UUID], changes: Changes
) -> None:
    before = known.variant_by_sku.get(draft.sku)
    if before is None:
        made = catalogue.new_variant(draft, draft.id or new_id(), product)
        changes.new_variants.append(made)
        changes.moves.append(Move(made.id, known.warehouse_id, on_hand=draft.stock or 0))
        return
    after = replace(before, **draft.fields)
    if after != before:
        changes.changed_variants.append(after)
    level = known.levels.get(before.id)
    if level is None:
        return
    arriving = 0 if draft.stock is None else draft.stock - level.on_hand
    if arriving or catalogue.changes_stock_event(before, after):
        changes.moves.append(Move(before.id, level.warehouse_id, on_hand=arriving))


def _faults(draft: ProductDraft, known: Known) -> Iterator[Fault]:
    current = known.product_by_handle.get(draft.handle)
    if draft.id and current and current.id != draft.id:
        yield Fault("id", "the product with this key has another id")
    if draft.id in known.taken or (current is None and draft.id in known.product_by_id):
        yield Fault("id", "is already in use")
    owner = known.slugs.get(draft.fields.get("slug", ""))
    if owner and not (current and current.id == owner):
        yield Fault("slug", "is already in use")
    if current is None and "title" not in draft.fields:
        yield Fault("title", "is needed for a new product")
    if current is None and not draft.variants:
        yield Fault("variants", "a new product needs at least one")
    yield from _repeated(draft.variants)
    for index, variant in enumerate(draft.variants):
        for name, message in _variant_faults(variant, current, known):
            yield Fault(name, message, index)


def _repeated(drafts: Iterable[VariantDraft]) -> Iterator[Fault]:
    skus: set[str] = set()
    ids: set[UUID] = set()
    for index, draft in enumerate(drafts):
        if draft.sku in skus:
            yield Fault("sku", "appears twice in this product", index)
        if draft.id in ids:
            yield Fault("id", "appears twice in this product", index)
        skus.add(draft.sku)
        if draft.id:
            ids.add(draft.id)


def _variant_faults(draft: VariantDraft, product: Product | None, known: Known) -> Iterator[tuple[str, str]]:
    before = known.variant_by_sku.get(draft.sku)
    if before is None:
        if not draft.fields.get("prices"):
            yield "prices", "at least one is needed for a new variant"
        if draft.id in known.taken or draft.id in known.variant_by_id:
            yield "id", "is already in use"
        return
    if product is None or before.product_id != product.id:
        yield "sku", "belongs to another product"
    if draft.id and draft.id != before.id:
        yield "id", "the variant with this sku has another id"
    level = known.levels.get(before.id)
    backorderable = draft.fields.get("backorderable", before.backorderable)
    if draft.stock is not None and level and draft.stock < level.held and not backorderable:
        yield "stock", f"is below the {level.held} that are held for open checkouts"

"""Lines that are in a bundle: they come, change and go together (rules.md 8). Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.cart import ChangeKind
from contracts.cart_calls import RestoreChange

from cart import errors
from cart.carts.domain.bundles import BundleGroup, CatalogueBundle, WantedBundle
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.filling import FilledCart
from cart.carts.domain.lines import CatalogueVariant, Line, Wanted
from cart.carts.domain.notes import require_room
from cart.carts.domain.records import LineChange, Updated
from cart.carts.domain.restoring import refresh_bundle


@dataclass(slots=True, kw_only=True)
class BundledCart(FilledCart):
    """A cart whose bundles are filled and emptied as a whole; what is done with them is recorded by `Cart`."""

    def whole_bundles(self) -> list[BundleGroup]:
        """Its bundles, of which every line is there in its quantity.

        An older version of the service knows lines alone, and may have changed one: those of such a bundle are lines
        like any other.
        """
        return whole(self.bundles, self.lines)

    def bundle_of(self, line: Line) -> BundleGroup | None:
        """The bundle that a line is in; None for a line by itself."""
        if line.bundle_group_id is None:
            return None
        return next((bundle for bundle in self.whole_bundles() if bundle.id == line.bundle_group_id), None)

    def require_bundle(self, group_id: UUID) -> BundleGroup:
        """The bundle with this id in the cart; raises ItemNotFound."""
        bundle = next((bundle for bundle in self.whole_bundles() if bundle.id == group_id), None)
        if bundle is None:
            raise errors.ItemNotFound
        return bundle

    def lines_of(self, bundle: BundleGroup) -> list[Line]:
        """The bundle's lines."""
        return [line for line in self.lines if line.bundle_group_id == bundle.id]

    def lines_alone(self) -> list[Line]:
        """The lines that are in no bundle."""
        grouped = {bundle.id for bundle in self.whole_bundles()}
        return [line for line in self.lines if line.bundle_group_id not in grouped]

    def add_bundle(self, wanted: WantedBundle, bundle: CatalogueBundle, context: ChangeContext) -> Updated:
        """Add a bundle with all of its lines, at the catalogue's prices of now; adding it again adds up (rules.md 8).

        Raises what `take_in_bundle` does.
        """
        self.require_changeable(context.now)
        changes, is_new = self.take_in_bundle(wanted, bundle, context)
        return self._update(replace(Updated.of_lines(changes, "BUNDLE_ADDED"), made_line=is_new), context)

    def remove_bundle(self, group_id: UUID, context: ChangeContext) -> Updated:
        """Take a bundle out of the cart, with all of its lines."""
        self.require_changeable(context.now)
        changes = self.drop_bundle(self.require_bundle(group_id))
        return self.record_lines(changes, "BUNDLE_REMOVED", context)

    def refresh_bundles(self) -> list[RestoreChange]:
        """Take the catalogue's prices of now, and return what changed or cannot be bought; the quantities stay."""
        changes: list[RestoreChange] = []
        for bundle in self.whole_bundles():
            refreshed, changed = refresh_bundle(bundle, self.lines_of(bundle)[0], self.currency)
            changes += changed
            self.set_bundles([refreshed if one is bundle else one for one in self.bundles])
        return changes

    def resize_with_bundle(self, line: Line, quantity: int) -> list[LineChange]:
        """Have so many of a line, and as many as go with it of the other lines of its bundle.

        Raises what `resize` and `resize_bundle` do, and BundleQuantity for a part of a bundle.
        """
        bundle = self.bundle_of(line)
        if bundle is None:
            return [LineChange("QUANTITY_SET", line, quantity, self.resize(line, quantity))]
        return self.resize_bundle(bundle, bundle.often(line.variant_id, quantity))

    def drop_with_bundle(self, line: Line) -> list[LineChange]:
        """Take a line out, with the others of its bundle."""
        bundle = self.bundle_of(line)
        if bundle is not None:
            return self.drop_bundle(bundle)
        self.drop_line(line)
        return [LineChange("ITEM_REMOVED", line, 0, -line.quantity)]

    def take_in_bundle(
        self, wanted: WantedBundle, catalogue: CatalogueBundle, context: ChangeContext
    ) -> tuple[list[LineChange], bool]:
        """Have so many more of a bundle, at the prices of now; what that does to its lines, and whether it is new.

        The context has the variants. Raises ProductUnavailable, BundleSelection, QuantityLimit, TooManyNotes,
        ItemOutOfStock and InsufficientStock, before anything is changed.
        """
        requested = BundleGroup.of(catalogue, wanted.selections, self.currency, context.new_id())
        known = next((one for one in self.whole_bundles() if one.is_like(requested)), None)
        if known is not None:
            bundle = replace(requested, id=known.id, quantity=known.quantity + wanted.quantity)
            changes = self._fill(bundle, self.lines_of(known), "ITEM_ADDED", wanted.source)
        else:
            bundle = replace(requested, quantity=wanted.quantity)
            changes = self.put_in(bundle, _new_lines(bundle, wanted.source, self.currency, context), wanted.source)
        self.set_bundles([*(one for one in self.bundles if one is not known), bundle])
        return changes, known is None

    def put_in(self, bundle: BundleGroup, lines: Sequence[Line], source: str | None = None) -> list[LineChange]:
        """Add the lines of a bundle that is not there yet, with what it has of each; the bundle is the caller's to set.

        Raises what `take_in_bundle` does, before anything is changed.
        """
        if len(self.lines) + len(lines) > self.site.max_lines:
            raise errors.QuantityLimit("A cart has at most {most} lines.", most=self.site.max_lines)
        for index, line in enumerate(lines):
            require_room([*self.lines, *lines[:index]], line)
        changes = self._fill(bundle, lines, "ITEM_ADDED", source)
        self.lines.extend(lines)
        return changes

    def resize_bundle(self, bundle: BundleGroup, quantity: int) -> list[LineChange]:
        """Have so many of a bundle, at the prices of now where it is sold; only growing looks at that and at the stock.

        Raises ProductUnavailable, QuantityLimit, ItemOutOfStock and InsufficientStock, before anything is changed.
        """
        offered, lines = bundle.offered(self.currency), self.lines_of(bundle)
        if quantity > bundle.quantity:
            if offered is None:
                raise errors.ProductUnavailable
            resized = replace(offered, quantity=quantity)
            changes = self._fill(resized, lines, "QUANTITY_SET")
        else:
            resized = replace(offered or bundle, quantity=quantity)
            changes = [self._set(resized, line, "QUANTITY_SET") for line in lines]
        self.set_bundles([resized if one is bundle else one for one in self.bundles])
        return changes

    def drop_bundle(self, bundle: BundleGroup) -> list[LineChange]:
        """Take a bundle out, with all of its lines."""
        lines = self.lines_of(bundle)
        for line in lines:
            self.drop_line(line)
        self.set_bundles([one for one in self.bundles if one is not bundle])
        return [LineChange("ITEM_REMOVED", line, 0, -line.quantity) for line in lines]

    def _fill(
        self, bundle: BundleGroup, lines: Sequence[Line], kind: ChangeKind, source: str | None = None
    ) -> list[LineChange]:
        """Give the lines what the bundle has of each, when all of them can be bought in that quantity.

        A site's limit for one line is one for the bundle: how many pieces are in it is the shop's choice.
        """
        if bundle.quantity > self.site.max_quantity:
            raise errors.QuantityLimit("At most {most} of one item.", most=self.site.max_quantity)
        for line in lines:
            quantity = bundle.pieces[line.variant_id] * bundle.quantity
            self.require_left(line, quantity, line.buyable(self.currency))
        return [self._set(bundle, line, kind, source) for line in lines]

    def _set(self, bundle: BundleGroup, line: Line, kind: ChangeKind, source: str | None = None) -> LineChange:
        """Give a line what the bundle has of it, at the catalogue's price of now where there is one."""
        before = line.quantity
        self.set_line_quantity(line, bundle.pieces[line.variant_id] * bundle.quantity)
        if line.catalogue is not None and self.currency in line.catalogue.prices:
            line.adopt(line.catalogue, self.currency)
        return LineChange(kind, line, line.quantity, line.quantity - before, source)


def whole(bundles: Sequence[BundleGroup], lines: Sequence[Line]) -> list[BundleGroup]:
    """Those of the bundles of which every line is among these, in its quantity."""
    there: Counter[tuple[UUID | None, UUID]] = Counter()
    for line in lines if bundles else ():
        there[line.bundle_group_id, line.variant_id] += line.quantity
    in_group = Counter(group_id for group_id, _ in there)
    return [
        bundle
        for bundle in bundles
        if in_group[bundle.id] == len(bundle.pieces)
        and all(there[bundle.id, variant] == n * bundle.quantity for variant, n in bundle.pieces.items())
    ]


def _new_lines(bundle: BundleGroup, source: str | None, currency: str, context: ChangeContext) -> list[Line]:
    """A line for each of the bundle's variants, with nothing in it yet; raises ProductUnavailable."""
    variants = {variant.variant_id: variant for variant in context.variants}
    if not bundle.pieces.keys() <= variants.keys():
        raise errors.ProductUnavailable
    return [
        replace(
            Line.of(variants[variant_id], _wanted(variants[variant_id], source), currency, context.new_id()),
            bundle_group_id=bundle.id,
        )
        for variant_id in bundle.pieces
    ]


def _wanted(variant: CatalogueVariant, source: str | None) -> Wanted:
    return Wanted(variant.product_id, variant.variant_id, 0, {}, source)

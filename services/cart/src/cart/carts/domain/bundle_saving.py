"""Bundles that are saved for later: whole, at no price, and back as they were chosen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cart import errors
from cart.carts.domain.bundles import BundleGroup
from cart.carts.domain.bundling import BundledCart, whole
from cart.carts.domain.lines import Line
from cart.carts.domain.notes import require_room
from cart.carts.domain.records import LineChange


@dataclass(slots=True, kw_only=True)
class BundleSavingCart(BundledCart):
    """A cart that keeps bundles among its saved lines; `bundles` has those as well."""

    def saved_bundles(self) -> list[BundleGroup]:
        """The bundles of which every line is saved."""
        return whole(self.bundles, self.saved_lines)

    def saved_bundle_of(self, line: Line) -> BundleGroup | None:
        """The bundle that a saved line is in; None for a line by itself."""
        return next((bundle for bundle in self.saved_bundles() if bundle.id == line.bundle_group_id), None)

    def saved_lines_of(self, bundle: BundleGroup) -> list[Line]:
        """The saved lines of a saved bundle."""
        return [line for line in self.saved_lines if line.bundle_group_id == bundle.id]

    def saved_lines_alone(self) -> list[Line]:
        """The saved lines that are in no bundle."""
        grouped = {bundle.id for bundle in self.saved_bundles()}
        return [line for line in self.saved_lines if line.bundle_group_id not in grouped]

    def save_bundle(self, bundle: BundleGroup) -> list[LineChange]:
        """Take a bundle out and keep it with its choices; it adds up where the same is saved already.

        Raises QuantityLimit for more than the site allows of one or of lines, and TooManyNotes.
        """
        lines = self.lines_of(bundle)
        known = next((one for one in self.saved_bundles() if one.is_like(bundle)), None)
        quantity = bundle.quantity + (known.quantity if known else 0)
        if quantity > self.site.max_quantity:
            raise errors.QuantityLimit("At most {most} of one item.", most=self.site.max_quantity)
        if known is None:
            self._require_room_for(lines)
        changes = self.drop_bundle(bundle)
        if known is None:
            self.set_saved_lines([*self.saved_lines, *lines])
            self.set_bundles([*self.bundles, bundle])
        else:
            self.resize_saved_bundle(known, quantity)
        return changes

    def resize_saved_bundle(self, bundle: BundleGroup, quantity: int) -> None:
        """Have so many of a saved bundle."""
        resized = replace(bundle, quantity=quantity)
        self.set_saved_lines(
            [
                replace(line, quantity=bundle.pieces[line.variant_id] * quantity)
                if line.bundle_group_id == bundle.id
                else line
                for line in self.saved_lines
            ]
        )
        self.set_bundles([resized if one is bundle else one for one in self.bundles])

    def take_back_bundle(self, bundle: BundleGroup) -> tuple[list[LineChange], bool]:
        """Put a saved bundle back, at the catalogue's prices of now, as adding it would; whether it is new there.

        Raises what adding it does, before anything is changed.
        """
        offered = bundle.offered(self.currency)
        if offered is None:
            raise errors.ProductUnavailable
        known = next((one for one in self.whole_bundles() if one.is_like(bundle)), None)
        lines = [replace(line, quantity=0) for line in self.saved_lines_of(bundle)]
        if known is not None:
            changes = self.resize_bundle(known, known.quantity + bundle.quantity)
        else:
            changes = self.put_in(offered, lines)
        self.forget_bundle(bundle)
        if known is None:
            self.set_bundles([*self.bundles, offered])
        return [replace(change, kind="ITEM_ADDED") for change in changes], known is None

    def forget_bundle(self, bundle: BundleGroup) -> None:
        """Keep a saved bundle no more."""
        self.set_saved_lines([line for line in self.saved_lines if line.bundle_group_id != bundle.id])
        self.set_bundles([one for one in self.bundles if one is not bundle])

    def _require_room_for(self, lines: Sequence[Line]) -> None:
        if len(self.saved_lines) + len(lines) > self.site.max_lines:
            raise errors.QuantityLimit("At most {most} items can be saved for later.", most=self.site.max_lines)
        for index, line in enumerate(lines):
            require_room([*self.saved_lines, *lines[:index]], line)

"""Bundles, as the catalogue has them and as they are in a cart: pure.

Amounts are in minor units of the cart's currency.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Self
from uuid import UUID

from contracts.money import MinorUnits
from contracts.value import value

from cart import bundle_errors, errors

Choices = Mapping[UUID, UUID]
"""The variant that was chosen for each component of a bundle."""
Pieces = Mapping[UUID, int]
"""How many of each variant are in one bundle."""


@value
class Component:
    """A part of a bundle: so many pieces of one of these variants, the first unless the shopper chooses another."""

    item_id: UUID
    quantity: int
    variant_ids: tuple[UUID, ...]


@value
class CatalogueBundle:
    """One bundle as the replica of the catalogue has it now: for `prices`, by currency, or for a part off."""

    bundle_id: UUID
    title: str
    image_url: str | None
    active: bool
    prices: dict[str, MinorUnits]
    discount_basis_points: int | None
    components: tuple[Component, ...]

    def is_sold_in(self, currency: str) -> bool:
        """Whether it can be bought in this currency."""
        return self.active and (not self.prices or currency in self.prices)

    def choices(self, selections: Choices) -> Choices:
        """The variant of each component: the one selected, else its first.

        Raises BundleSelection for a component that it does not have, and for a variant that is not offered for one.
        """
        offered = {component.item_id: component.variant_ids for component in self.components}
        if any(variant_id not in offered.get(item_id, ()) for item_id, variant_id in selections.items()):
            raise bundle_errors.BundleSelection
        return {item_id: selections.get(item_id, variant_ids[0]) for item_id, variant_ids in offered.items()}

    def pieces(self, choices: Choices) -> Pieces:
        """What one of it is made of; raises BundleSelection."""
        chosen, pieces = self.choices(choices), Counter[UUID]()
        for component in self.components:
            pieces[chosen[component.item_id]] += component.quantity
        return dict(pieces)


@value
class WantedBundle:
    """A bundle that a shopper asks for, so many times, with what they chose of its components."""

    bundle_id: UUID
    quantity: int
    selections: Choices
    source: str | None = None


@value
class BundleGroup:
    """One bundle in a cart, so many times, at the price that it had when the shopper last changed it (rules.md 15).

    `price` is for one; None where one costs its components less `discount_basis_points`. Its lines have its `id`.
    """

    id: UUID
    bundle_id: UUID
    title: str
    image_url: str | None
    quantity: int
    price: MinorUnits | None
    discount_basis_points: int
    choices: Choices
    pieces: Pieces
    catalogue: CatalogueBundle | None = None

    @classmethod
    def of(cls, bundle: CatalogueBundle, selections: Choices, currency: str, group_id: UUID) -> Self:
        """None yet of this bundle; raises ProductUnavailable, and BundleSelection for a choice that it has not."""
        if not bundle.is_sold_in(currency):
            raise errors.ProductUnavailable
        choices = bundle.choices(selections)
        return cls(
            id=group_id,
            bundle_id=bundle.bundle_id,
            title=bundle.title,
            image_url=bundle.image_url,
            quantity=0,
            price=bundle.prices.get(currency),
            discount_basis_points=bundle.discount_basis_points or 0,
            choices=choices,
            pieces=bundle.pieces(choices),
            catalogue=bundle,
        )

    def is_like(self, other: "BundleGroup") -> bool:
        """Whether both are the same bundle with the same choices, so that they add up."""
        return self.bundle_id == other.bundle_id and self.pieces == other.pieces

    def offered(self, currency: str) -> "BundleGroup | None":
        """It at the catalogue's price of now; None where the catalogue does not sell it as it is any more."""
        if self.catalogue is None or not self.catalogue.is_sold_in(currency):
            return None
        if {component.item_id for component in self.catalogue.components} != self.choices.keys():
            return None
        try:
            now = BundleGroup.of(self.catalogue, self.choices, currency, self.id)
        except bundle_errors.BundleSelection:
            return None
        return replace(now, quantity=self.quantity) if now.pieces == self.pieces else None

    def often(self, variant_id: UUID, quantity: int) -> int:
        """How many of it so many pieces of a variant are; raises BundleQuantity for a part of one."""
        times, rest = divmod(quantity, self.pieces[variant_id])
        if rest:
            raise bundle_errors.BundleQuantity(pieces=self.pieces[variant_id])
        return times

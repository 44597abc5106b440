"""The bodies of the bundles' routes."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from servicekit.http.bodies import Body

from cart.carts.domain.bundles import WantedBundle
from cart.carts.routes.schemas import Quantity, Source


class Selection(Body):
    """Which variant a component of the bundle is to be."""

    item_id: UUID
    variant_id: UUID


class AddBundle(Body):
    """A bundle to add; of a component that no selection names the first variant is taken."""

    bundle_id: UUID
    quantity: Quantity = 1
    selections: Annotated[list[Selection], Field(max_length=50)] = []
    source: Source | None = None

    @model_validator(mode="after")
    def _selects_once(self) -> Self:
        if len({selection.item_id for selection in self.selections}) < len(self.selections):
            raise ValueError("two selections name the same component")
        return self

    def wanted(self) -> WantedBundle:
        """The request in the domain's words."""
        selections = {selection.item_id: selection.variant_id for selection in self.selections}
        return WantedBundle(self.bundle_id, self.quantity, selections, self.source)

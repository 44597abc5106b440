"""What shoppers do with the lines and bundles of their cart."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, given
from cartwheel_client.model import Model
from cartwheel_client.models.cart import (
    AddBundle,
    AddItem,
    AddOperation,
    CartView,
    ChangeItems,
    RemoveOperation,
    Selection,
    SetOperation,
    SetQuantity,
)

Operation = AddOperation | SetOperation | RemoveOperation
"""One change of several that are made together."""


class CartLines(ABC):
    """A cart's lines; every change answers the whole cart as it is then."""

    async def add_item(
        self,
        product_id: UUID,
        quantity: int = 1,
        *,
        variant_id: UUID | None = None,
        options: Mapping[str, str] | None = None,
        source: str | None = None,
        meta: Mapping[str, Any] | None = None,
        rental: Mapping[str, Any] | None = None,
        **conditions: Unpack[Conditions],
    ) -> CartView:
        """Put a product into the cart; the same variant again adds up.

        A product with one variant needs no `variant_id`. Raises Conflict when it is sold out.
        """
        line = given(
            AddItem,
            product_id=product_id,
            quantity=quantity,
            variant_id=variant_id,
            options=options,
            source=source,
            meta=meta,
            rental=rental,
        )
        return await self._change("POST", "items", line, conditions)

    async def add_bundle(
        self,
        bundle_id: UUID,
        quantity: int = 1,
        *,
        selections: Mapping[UUID, UUID] | None = None,
        source: str | None = None,
        **conditions: Unpack[Conditions],
    ) -> CartView:
        """Put a bundle into the cart with all of its components; the same with the same selections adds up.

        `selections` are variants by component; of one that is not named it is the first. Raises Conflict when a part of
        it is sold out.
        """
        chosen = [
            Selection(item_id=item_id, variant_id=variant_id) for item_id, variant_id in (selections or {}).items()
        ]
        bundle = given(AddBundle, bundle_id=bundle_id, quantity=quantity, selections=chosen or None, source=source)
        return await self._change("POST", "bundles", bundle, conditions)

    async def remove_bundle(self, group_id: UUID, **conditions: Unpack[Conditions]) -> CartView:
        """Take a bundle out, with all of its lines: `group_id` is their `bundle_group_id`."""
        return await self._change("DELETE", f"bundles/{group_id}", None, conditions)

    async def set_quantity(self, item_id: UUID, quantity: int, **conditions: Unpack[Conditions]) -> CartView:
        """Have so many of a line; all lines of a bundle change together."""
        return await self._change("PATCH", f"items/{item_id}", SetQuantity(quantity=quantity), conditions)

    async def remove_item(self, item_id: UUID, **conditions: Unpack[Conditions]) -> CartView:
        """Take a line out, and with it the bundle that it is in."""
        return await self._change("DELETE", f"items/{item_id}", None, conditions)

    async def change_items(self, operations: Sequence[Operation], **conditions: Unpack[Conditions]) -> CartView:
        """Add, set and remove several lines as one change: all of it, or nothing and the refusal of the first."""
        return await self._change("POST", "items/bulk", ChangeItems(operations=list(operations)), conditions)

    async def clear(self, **conditions: Unpack[Conditions]) -> CartView:
        """Take every line out."""
        return await self._change("DELETE", "items", None, conditions)

    async def save_for_later(self, item_id: UUID, **conditions: Unpack[Conditions]) -> CartView:
        """Take a line out and keep it for later, with its options."""
        return await self._change("POST", f"save-for-later/{item_id}", None, conditions)

    async def move_to_cart(self, item_id: UUID, **conditions: Unpack[Conditions]) -> CartView:
        """Put a saved item back at the price of now; raises what adding it would."""
        return await self._change("POST", f"move-to-cart/{item_id}", None, conditions)

    async def remove_saved(self, item_id: UUID, **conditions: Unpack[Conditions]) -> CartView:
        """Forget a saved item."""
        return await self._change("DELETE", f"saved/{item_id}", None, conditions)

    @abstractmethod
    async def _change(self, method: str, path: str, body: Model | None, conditions: Conditions) -> CartView:
        """Change the cart at this path of it."""

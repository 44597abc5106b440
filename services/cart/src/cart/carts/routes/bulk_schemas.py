"""The body of a bulk change of a cart's lines."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from servicekit.http.bodies import Body

from cart.carts.domain.bulk import AddLine, Operation, RemoveLine, SetLine
from cart.carts.routes.schemas import AddItem, Quantity


class AddOperation(AddItem):
    """Add a product, as POST …/items does."""

    op: Literal["add"]

    def operation(self) -> Operation:
        """The operation in the domain's words."""
        return AddLine(self.wanted())


class SetOperation(Body):
    """Set a line's quantity."""

    op: Literal["set"]
    item_id: UUID
    quantity: Quantity

    def operation(self) -> Operation:
        """The operation in the domain's words."""
        return SetLine(self.item_id, self.quantity)


class RemoveOperation(Body):
    """Take a line out."""

    op: Literal["remove"]
    item_id: UUID

    def operation(self) -> Operation:
        """The operation in the domain's words."""
        return RemoveLine(self.item_id)


AnyOperation = Annotated[AddOperation | SetOperation | RemoveOperation, Field(discriminator="op")]


class ChangeItems(Body):
    """Changes of lines that are made together, in this order; where one is refused none is made."""

    operations: Annotated[list[AnyOperation], Field(min_length=1, max_length=200)]

    def in_order(self) -> tuple[Operation, ...]:
        """The operations in the domain's words."""
        return tuple(one.operation() for one in self.operations)

"""The bodies about holds: the contract's, with bounds."""

from typing import Annotated

from contracts.inventory_calls import CommitHold, HoldLine, PlaceHold, RevertCommit
from pydantic import Field, StringConstraints
from servicekit.http.free_text import FREE_TEXT

Fence = Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]
OrderId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class BoundedHoldLine(HoldLine):
    """A line that can be counted."""

    quantity: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


class BoundedPlaceHold(PlaceHold):
    """A placement with at least one line; fields that it does not know are ignored, as in every contract."""

    owner: Annotated[str, StringConstraints(min_length=1, max_length=320, pattern=FREE_TEXT)]
    lines: Annotated[tuple[BoundedHoldLine, ...], Field(min_length=1, max_length=1_000)]
    fence: Fence | None = None


class BoundedCommitHold(BoundedPlaceHold, CommitHold):
    """A commit of such lines."""

    order_id: OrderId


class BoundedRevertCommit(RevertCommit):
    """The order whose commit is undone."""

    order_id: OrderId
    fence: Fence | None = None

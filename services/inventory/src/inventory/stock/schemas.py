"""Bodies and answers of the stock routes."""

from dataclasses import asdict
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from servicekit.http.bodies import Body, View

from inventory.catalogue.fields import Count, Title
from inventory.stock.domain import StockRow

Change = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]


class Adjustment(Body):
    """A correction of a stock row: by `delta` or to `onHand`, of its safety stock, or both; `reason` is kept.

    Without a warehouse the default one is meant.
    """

    delta: Change | None = None
    on_hand: Count | None = None
    safety: Count | None = None
    reason: Title
    warehouse_id: UUID | None = None

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if self.delta is not None and self.on_hand is not None:
            raise ValueError("give delta or onHand, not both")
        if self.delta is None and self.on_hand is None and self.safety is None:
            raise ValueError("give delta, onHand or safety")
        return self


class StockView(View):
    """A variant's stock in one warehouse; `available` is on hand - held - safety (rules.md 17)."""

    variant_id: UUID
    product_id: UUID
    sku: str
    warehouse_id: UUID
    on_hand: int
    held: int
    safety: int
    available: int
    version: int
    tracked: bool
    backorderable: bool

    @classmethod
    def of(cls, row: StockRow) -> Self:
        """The view of a row."""
        return cls(**asdict(row))

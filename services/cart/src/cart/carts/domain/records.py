"""What a cart's methods record, for its events and its timeline: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from contracts.cart import ChangeKind
from contracts.value import value

from cart.carts.domain.lines import Line
from cart.carts.domain.values import Contact, MergeStrategy

_BY_WEIGHT: Final[tuple[ChangeKind, ...]] = ("ITEM_ADDED", "QUANTITY_SET", "ITEM_REMOVED")


@dataclass(frozen=True, slots=True)
class Created:
    """The cart was made."""


@value
class LineChange:
    """What one change did to one line of several: its quantity afterwards, and the signed difference."""

    kind: ChangeKind
    line: Line
    quantity: int
    quantity_delta: int
    source: str | None = None

    def described(self) -> dict[str, Any]:
        """What the timeline keeps of it."""
        return _line_described(self.line, self.quantity, self.quantity_delta, self.source)


@value
class Updated:
    """What was done to the cart's content.

    `quantity_delta` is signed; `made_line` is set when the line is new; `noted_as` is what the timeline calls it, where
    that is another word than the event's `kind`, to which no value may be added (ADR 0023).
    """

    kind: ChangeKind
    line: Line | None = None
    quantity_delta: int = 0
    source: str | None = None
    made_line: bool = False
    noted_as: str | None = None
    lines: tuple[LineChange, ...] = ()
    """Of a change of several lines, which has no `line` of its own."""
    before: Mapping[str, Any] | None = None
    """What it was before, of what is no line; JSON values without anything personal, as `after`."""
    after: Mapping[str, Any] | None = None

    @classmethod
    def of_lines(cls, lines: Sequence[LineChange], noted_as: str) -> "Updated":
        """Changes of several lines as one, by the kind of them that matters most."""
        kinds = {change.kind for change in lines}
        kind: ChangeKind = next(kind for kind in _BY_WEIGHT if kind in kinds)
        delta = sum(change.quantity_delta for change in lines)
        return cls(kind, quantity_delta=delta, noted_as=noted_as, lines=tuple(lines))

    def described(self) -> dict[str, Any]:
        """What the timeline keeps of it: where it came from, and what was before and after."""
        if self.lines:
            return {"quantityDelta": self.quantity_delta, "lines": [one.described() for one in self.lines]}
        if self.line is not None:
            quantity = 0 if self.kind == "ITEM_REMOVED" else self.line.quantity
            return _line_described(self.line, quantity, self.quantity_delta, self.source)
        moved = {"before": dict(self.before), "after": dict(self.after)} if self.before and self.after else {}
        return {"quantityDelta": self.quantity_delta, **moved} if self.quantity_delta else moved


def _line_described(line: Line, quantity: int, delta: int, source: str | None) -> dict[str, Any]:
    came_from = source or line.source
    return {
        "lineId": str(line.id),
        "sku": line.sku,
        "title": line.title,
        "quantity": quantity,
        "quantityDelta": delta,
        "before": {"quantity": quantity - delta},
        "after": {"quantity": quantity},
        **({"source": came_from} if came_from else {}),
    }


@dataclass(frozen=True, slots=True)
class ContactSet:
    """The shopper left an address: the one record with personal data (rules.md 35)."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class Abandoned:
    """An idle period passed the site's threshold."""

    abandonment_id: UUID


@dataclass(frozen=True, slots=True)
class Reactivated:
    """The shopper came back and ended this abandonment."""

    abandonment_id: UUID


@dataclass(frozen=True, slots=True)
class Expired:
    """The cart's time is over."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A guest's cart was merged into another, and is final."""

    into: UUID
    strategy: MergeStrategy


@dataclass(frozen=True, slots=True)
class Converted:
    """The cart was ordered; what was not ordered goes to the remaining cart, if anything is left."""

    remaining_cart_id: UUID | None


Recorded = Created | Updated | ContactSet | Abandoned | Reactivated | Expired | Merged | Converted

"""What a cart's lines may be made to hold, within its site's limits and the stock (rules.md 8). Pure."""

from dataclasses import dataclass

from cart import errors
from cart.carts.domain.lines import CatalogueVariant, Line
from cart.carts.domain.notes import require_room
from cart.carts.domain.timing import TimedCart


@dataclass(slots=True, kw_only=True)
class FilledCart(TimedCart):
    """A cart whose lines are filled and emptied; what is done with them is recorded by `Cart`."""

    def take_in(self, candidate: Line, quantity: int, variant: CatalogueVariant) -> tuple[Line, bool]:
        """Have so many more of the candidate, at the catalogue's price of now; its line, and whether that is new.

        Raises QuantityLimit, TooManyNotes, ItemOutOfStock and InsufficientStock, before anything is changed.
        """
        known = next((line for line in self.lines if line.identity == candidate.identity), None)
        if known is None and len(self.lines) >= self.site.max_lines:
            raise errors.QuantityLimit("A cart has at most {most} lines.", most=self.site.max_lines)
        if known is None:
            require_room(self.lines, candidate)
        line = known or candidate
        self._grow(line, line.quantity + quantity, variant)
        if known is None:
            self.lines.append(line)
        line.adopt(variant, self.currency)
        return line, known is None

    def resize(self, line: Line, quantity: int) -> int:
        """Have so many of a line, at the catalogue's price of now; the difference. Only growing looks at the stock.

        Raises ProductUnavailable, QuantityLimit, ItemOutOfStock and InsufficientStock, before anything is changed.
        """
        delta = quantity - line.quantity
        if delta > 0:
            self._grow(line, quantity, line.buyable(self.currency))
        else:
            self.set_line_quantity(line, quantity)
        if line.catalogue is not None and self.currency in line.catalogue.prices:
            line.adopt(line.catalogue, self.currency)
        return delta

    def _grow(self, line: Line, quantity: int, variant: CatalogueVariant) -> None:
        if quantity > self.site.max_quantity:
            raise errors.QuantityLimit(
                "At most {most} of one item.",
                most=self.site.max_quantity,
                errors=[{"field": "quantity", "message": f"at most {self.site.max_quantity} in one line"}],
            )
        self.require_left(line, quantity, variant)
        self.set_line_quantity(line, quantity)

    def require_left(self, line: Line, quantity: int, variant: CatalogueVariant) -> None:
        """Raise ItemOutOfStock or InsufficientStock unless so many can be sold beside other lines of the variant."""
        elsewhere = sum(o.quantity for o in self.lines if o.variant_id == line.variant_id and o.id != line.id)
        variant.require_stock(quantity + elsewhere)

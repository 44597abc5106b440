"""What is requested of inventory for a cart's hold: pure."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from contracts.inventory_calls import HoldLine

from cart.carts.domain.cart import Cart
from cart.carts.domain.values import HoldChangeKind


def short_lines(cart: Cart) -> list[dict[str, object]]:
    """Of what the replica has less than the cart wants, over all lines of a variant: what is requested and left."""
    wanted = Counter[UUID]()
    for line in cart.lines:
        wanted[line.variant_id] += line.quantity
    short = []
    for line in {line.variant_id: line for line in cart.lines}.values():
        left = line.catalogue.left if line.catalogue and line.catalogue.active else 0
        if left is not None and left < wanted[line.variant_id]:
            short.append({"sku": line.sku, "requested": wanted[line.variant_id], "available": left})
    return short


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """One request about a cart's hold. `lines` are those to hold or to order, `order_id` is set for an order's."""

    kind: HoldChangeKind
    company_id: UUID
    cart_id: UUID
    site_id: UUID
    owner: str
    lines: tuple[HoldLine, ...]
    takes_over: bool
    """An earlier change was not finished: what inventory has may be what either of the two requested."""
    order_id: str | None = None

    @classmethod
    def of(cls, kind: HoldChangeKind, cart: Cart, order_id: str | None = None) -> "HoldRequest":
        """This request for the cart's lines as they are."""
        lines = tuple(HoldLine(variant_id=line.variant_id, quantity=line.quantity) for line in cart.lines)
        owner = cart.customer_id or str(cart.id)
        takes_over = cart.hold_change is not None
        return cls(kind, cart.company_id, cart.id, cart.site.id, owner, lines, takes_over, order_id)

    @classmethod
    def to_fit(cls, cart: Cart) -> "HoldRequest":
        """What makes the hold fit the cart: its lines are held if it holds stock and is open, else nothing is."""
        held = cart.holds_stock and cart.is_open and bool(cart.lines)
        return cls.of("PLACE" if held else "RELEASE", cart)

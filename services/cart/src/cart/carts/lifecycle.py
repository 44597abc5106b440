"""How a cart moves between its states (rules.md 12, 13, 16): pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.cart_calls import OrderedLine

from cart import errors
from cart.carts.domain import require_open
from cart.carts.model import Activity, Cart, Line

MIN_RECHECK = timedelta(seconds=1)


def next_abandonment_check(cart: Cart, now: datetime) -> datetime:
    """When this ACTIVE cart could first be abandoned, or is worth another look (rules.md 13).

    Adding an item does not write the stored time, so a cart found too early is pushed on to its real moment. An empty
    cart can at the earliest be due one threshold after now, because its first line would be activity.
    """
    due = cart.last_activity_at + cart.site.abandonment
    return due if cart.lines and due > now else max(now + cart.site.abandonment, now + MIN_RECHECK)


def is_abandoned(cart: Cart, now: datetime) -> bool:
    """ACTIVE, with lines, and idle for the site's threshold."""
    return cart.status == "ACTIVE" and bool(cart.lines) and cart.last_activity_at + cart.site.abandonment <= now


def abandon(cart: Cart, abandonment_id: UUID, now: datetime) -> None:
    """Begin an idle period's abandonment; nothing else about the cart changes."""
    cart.status, cart.abandonment_id, cart.abandoned_at = "ABANDONED", abandonment_id, now
    _moved(cart, "ABANDONED", "system", now)


def reactivate(cart: Cart, now: datetime) -> UUID | None:
    """Wake an abandoned cart; the abandonment that ended, or None when the cart was not abandoned."""
    if cart.status != "ABANDONED":
        return None
    ended, cart.abandonment_id, cart.status = cart.abandonment_id, None, "ACTIVE"
    cart.check_at = now + cart.site.abandonment
    cart.activity.append(Activity("REACTIVATED", "shopper", {}))
    return ended


def expire(cart: Cart, now: datetime) -> None:
    """End a cart that was idle for the site's cartExpirationDays."""
    cart.status = "EXPIRED"
    _moved(cart, "EXPIRED", "system", now)


@dataclass(frozen=True, slots=True)
class Left:
    """What a conversion leaves with the shopper: whole lines, and lines with what is over."""

    lines: tuple[tuple[Line, int], ...]


def convert(cart: Cart, order_id: str, ordered: tuple[OrderedLine, ...] | None, now: datetime) -> Left:
    """Make the cart an order of exactly the ordered lines; the rest is answered, for a new cart (rules.md 16)."""
    require_open(cart, now)
    if not cart.lines:
        raise errors.CartEmpty()
    left = _keep_only(cart, ordered) if ordered is not None else Left(())
    cart.status, cart.order_id, cart.converted_at = "CONVERTED", order_id, now
    cart.abandonment_id = None
    _moved(cart, "CONVERTED", "system", now)
    return left


def _keep_only(cart: Cart, ordered: tuple[OrderedLine, ...]) -> Left:
    wanted = {line.line_id: line.quantity for line in ordered}
    if len(wanted) != len(ordered) or not wanted:
        raise errors.ItemNotFound("Each ordered line is named once, and at least one is.")
    for line_id, quantity in wanted.items():
        line = cart.line(line_id)
        if line is None or line.quantity < quantity:
            raise errors.ItemNotFound(f"The cart does not have {quantity} of line {line_id}.")
    left = tuple((line, over) for line in cart.lines if (over := line.quantity - wanted.get(line.id, 0)) > 0)
    for line in list(cart.lines):
        if line.id not in wanted:
            cart.lines.remove(line)
            cart.removed.add(line.id)
        elif line.quantity != wanted[line.id]:
            line.quantity = wanted[line.id]
            cart.touched.add(line.id)
    return Left(left)


def _moved(cart: Cart, kind: str, actor: str, now: datetime) -> None:
    cart.version += 1
    cart.updated_at = now
    cart.activity.append(Activity(kind, actor, {}))

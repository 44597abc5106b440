"""What both databases say of one company, and what has to be true of it (rules.md 16 to 18)."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from servicekit.db import Database

Lines = Mapping[str, int]
"""Quantities by variant."""
OPEN = {"ACTIVE", "ABANDONED"}


@dataclass(frozen=True)
class StoredCart:
    """A cart, with the state of its hold as it is noted there."""

    id: UUID
    status: str
    customer_id: str | None
    order_id: str | None
    change: str | None
    noted: str | None
    lines: Lines


@dataclass(frozen=True)
class StoredHold:
    """A hold as inventory has it."""

    id: UUID
    cart_id: UUID
    state: str
    order_id: str | None
    is_due: bool
    lines: Lines


@dataclass(frozen=True)
class Truth:
    """One company, all of it; `stock` maps a variant to what is on hand and held, `missing` to what orders lacked."""

    carts: list[StoredCart]
    holds: list[StoredHold]
    stock: Mapping[str, tuple[int, int]]
    missing: Counter[str]

    def holds_of(self, cart: StoredCart) -> list[StoredHold]:
        """The cart's holds, the oldest first."""
        return [hold for hold in self.holds if hold.cart_id == cart.id]

    def open_hold(self, cart: StoredCart) -> StoredHold | None:
        """The hold that counts now, if the cart has one."""
        found = [hold for hold in self.holds_of(cart) if hold.state == "ACTIVE" and not hold.is_due]
        assert len(found) <= 1, f"a cart with {len(found)} holds"
        return found[0] if found else None

    def sold(self, cart: StoredCart) -> list[StoredHold]:
        """The holds that became an order's."""
        return [hold for hold in self.holds_of(cart) if hold.state == "COMMITTED"]


async def read_truth(carts: Database, stock: Database, company_id: UUID) -> Truth:
    """Read both databases."""
    async with carts.unit(company_id) as unit:
        cart_rows = await unit.fetch(
            """
            SELECT c.id, c.status, c.customer_id, c.order_id, c.hold_change AS change, h.status AS noted,
                (SELECT coalesce(jsonb_object_agg(l.variant_id, l.quantity), '{}') FROM (
                    SELECT variant_id, sum(quantity) AS quantity FROM cart_items i
                    WHERE i.company_id = $1 AND i.cart_id = c.id GROUP BY variant_id) l) AS lines
            FROM carts c LEFT JOIN cart_holds h ON h.company_id = $1 AND h.cart_id = c.id
            WHERE c.company_id = $1 ORDER BY c.id""",
            company_id,
        )
    async with stock.unit(company_id) as unit:
        hold_rows = await unit.fetch(
            """
            SELECT h.id, h.cart_id, h.state, h.order_id, h.expires_at <= now() AS is_due,
                (SELECT coalesce(jsonb_object_agg(variant_id, quantity), '{}') FROM hold_lines l
                    WHERE l.company_id = $1 AND l.hold_id = h.id) AS lines
            FROM inventory_holds h WHERE h.company_id = $1 ORDER BY h.id""",
            company_id,
        )
        levels = await unit.fetch(
            "SELECT variant_id::text, on_hand, held FROM stock_levels WHERE company_id = $1", company_id
        )
        missing = await unit.fetch(
            "SELECT variant_id::text, missing FROM stock_discrepancies WHERE company_id = $1", company_id
        )
    lacking: Counter[str] = Counter()
    for row in missing:
        lacking[row["variant_id"]] += row["missing"]
    return Truth(
        [StoredCart(**dict(row)) for row in cart_rows],
        [StoredHold(**dict(row)) for row in hold_rows],
        {row["variant_id"]: (row["on_hand"], row["held"]) for row in levels},
        lacking,
    )


def check_holds(truth: Truth) -> None:
    """Where no change is under way an ACTIVE hold is the cart's lines, and a COMMITTED one the order's."""
    for cart in truth.carts:
        if cart.change is not None:
            continue
        hold = truth.open_hold(cart)
        if hold is not None:
            assert cart.status != "CONVERTED", f"{cart} is ordered, and holds {hold}"
            assert hold.lines == cart.lines, f"{cart} holds {hold}"
        for sold in truth.sold(cart):
            assert (cart.status, cart.order_id) == ("CONVERTED", sold.order_id), f"{cart}, whose stock is sold: {sold}"
            assert sold.lines == cart.lines, f"{cart} was sold other stock: {sold}"
        if cart.noted == "ACTIVE" and cart.status in OPEN:
            last = truth.holds_of(cart)[-1]
            assert last.state in {"ACTIVE", "EXPIRED"}, f"{cart} is said to hold stock, and {last}"


def check_stock(truth: Truth, initial: Lines, announced: Collection[UUID]) -> None:
    """What is held and what has left the shelf add up; `announced` are the carts whose order inventory was sent."""
    held: Counter[str] = Counter()
    sold: Counter[str] = Counter({variant: -quantity for variant, quantity in truth.missing.items()})
    for hold in truth.holds:
        if hold.state == "ACTIVE":
            held.update(hold.lines)
        elif hold.state == "COMMITTED":
            sold.update(hold.lines)
    for cart in truth.carts:
        if cart.status == "CONVERTED" and cart.id in announced and not truth.sold(cart):
            sold.update(cart.lines)
    for variant, (on_hand, now_held) in truth.stock.items():
        assert now_held == held[variant], f"{now_held} of {variant} are held, and holds have {held[variant]}"
        assert on_hand == initial[variant] - sold[variant], f"{on_hand} of {variant} are left, {sold[variant]} are sold"
        assert on_hand >= now_held >= 0, f"{variant} is oversold: {on_hand} on hand, {now_held} held"


def check_quiet(truth: Truth) -> None:
    """Nothing is under way any more, final carts hold nothing, and cart notes what inventory has."""
    for cart in truth.carts:
        assert cart.change is None, f"{cart} was not resolved"
        holds = truth.holds_of(cart)
        assert cart.noted == (holds[-1].state if holds else None), f"{cart} has {holds}"
        assert cart.status in OPEN or all(hold.state != "ACTIVE" for hold in holds), f"{cart} is final, and has {holds}"

"""What was accepted against what came back; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from restore_drill.ledger import Accepted, Ledger


@dataclass(frozen=True, slots=True)
class FoundCart:
    """A cart as the restored database has it."""

    version: int
    status: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which accepted commands came back, which were lost, and what contradicts either."""

    found: Sequence[Accepted]
    lost: Sequence[Accepted]
    faults: Sequence[str]

    def lost_seconds(self, loss: datetime) -> float:
        """The recovery point: how long before the loss the first command was accepted that did not come back."""
        first = min((command.answered for command in self.lost), default=loss)
        return max(timedelta(0), loss - first).total_seconds()


def compare(
    ledger: Ledger, carts: Mapping[str, FoundCart], *, kept_until: datetime, lost_from: datetime | None = None
) -> Comparison:
    """Compare the ledger with the carts that came back.

    What was answered before `kept_until` must be there, and what was sent after `lost_from` must not. A cart whose
    version is one that was answered must have the state that was answered with it.
    """
    found: list[Accepted] = []
    lost: list[Accepted] = []
    faults: list[str] = []
    for cart_id, commands in ledger.by_cart().items():
        cart = carts.get(cart_id)
        for command in commands:
            is_there = cart is not None and command.version <= cart.version
            (found if is_there else lost).append(command)
            if not is_there and command.answered <= kept_until:
                faults.append(f"cart {cart_id} version {command.version} was accepted before the moment, and is lost")
            if is_there and lost_from is not None and command.sent > lost_from:
                faults.append(f"cart {cart_id} version {command.version} was sent after the moment, and is there")
            if cart is not None and command.version == cart.version and command.status != cart.status:
                faults.append(f"cart {cart_id} is {cart.status} and was answered as {command.status}")
    return Comparison(found, lost, faults)


def sales_of(ledger: Ledger, carts: Mapping[str, FoundCart]) -> tuple[int, int]:
    """Revenue in minor units and quantity of the carts that are CONVERTED now, as their shoppers were answered."""
    revenue = quantity = 0
    for cart_id, commands in ledger.by_cart().items():
        cart = carts.get(cart_id)
        if cart is not None and cart.status == "CONVERTED":
            revenue, quantity = revenue + commands[-1].total, quantity + commands[-1].quantity
    return revenue, quantity

"""What the shoppers saw: written down from the answers that they got, outside the system that is judged by it."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from cartwheel_client import AnyCart
from cartwheel_client.models.cart import CartTotals
from localservers.files import write_whole

from simulator.demo.errors import NoDemo


@dataclass(slots=True)
class CartNote:
    """One cart as its shopper last saw it; amounts are minor units of its currency."""

    id: str
    currency: str
    version: int = 1
    status: str = "ACTIVE"
    items: int = 0
    total: int = 0
    had_line: bool = False
    viewed: bool = False
    held: bool = False
    abandoned: bool = False
    clicked: bool = False
    restored: bool = False
    discount: int = 0
    used_code: bool = False

    def changed(self, cart: AnyCart) -> None:
        """The shopper changed the cart and was answered this one."""
        self._advanced(cart.version, own_steps=1)
        self._see(cart)

    def looked(self, cart: AnyCart) -> None:
        """The shopper looked at the cart."""
        self.viewed = True
        self._advanced(cart.version, own_steps=0)
        self._see(cart)

    def merged(self, version: int) -> None:
        """The cart went into another one, at this final version; the merge itself is one step of it."""
        self._advanced(version, own_steps=1)
        self.status, self.version = "MERGED", version

    def ordered(self, totals: CartTotals, version: int) -> None:
        """The shop took the order: these were the totals charged, and this the final version."""
        self._advanced(version, own_steps=1)
        self.status, self.version = "CONVERTED", version
        self.items, self.total, self.discount = totals.item_count, totals.total, totals.discount_total

    def _advanced(self, version: int, *, own_steps: int) -> None:
        """Every change is one version: one more than the shopper's own was the clock that found the cart abandoned."""
        self.abandoned = self.abandoned or version > self.version + own_steps

    def _see(self, cart: AnyCart) -> None:
        self.version, self.status = cart.version, cart.status
        self.items, self.total = cart.totals.item_count, cart.totals.total
        self.discount = cart.totals.discount_total
        self.used_code = any(discount.code for discount in cart.discounts)
        self.had_line = self.had_line or bool(cart.items)
        self.abandoned = self.abandoned or self.status == "ABANDONED"


@dataclass(slots=True)
class Ledger:
    """Everything that all shoppers of one run saw."""

    company_id: str
    first_day: date = field(default_factory=lambda: datetime.now(UTC).date())
    carts: list[CartNote] = field(default_factory=list)
    mails: int = 0
    clicks: int = 0
    upsells_added: int = 0
    upsells_dismissed: int = 0

    def created(self, cart: AnyCart) -> CartNote:
        """A shopper was given a new cart."""
        note = CartNote(str(cart.id), cart.currency, version=cart.version, status=cart.status)
        self.carts.append(note)
        return note

    def save(self, path: Path) -> None:
        """Keep it, whole or not at all."""
        write_whole(path, json.dumps({**asdict(self), "first_day": self.first_day.isoformat()}, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """The ledger that was kept there; raises NoDemo."""
        try:
            content = json.loads(path.read_text())
            notes = [CartNote(**note) for note in content.pop("carts")]
            first_day = date.fromisoformat(content.pop("first_day"))
            return cls(carts=notes, first_day=first_day, **content)
        except (OSError, ValueError, KeyError, TypeError) as missing:
            raise NoDemo(f"{path} holds no ledger of a demo; run `make demo` first ({missing})") from missing

"""What every shopper of a demo shares: the shop with its goods, the sent mails, the order system, the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cartwheel_client import Orders
from cartwheel_client.models.inventory import BundleView, ProductView

from simulator.demo.ledger import CartNote, Ledger
from simulator.demo.sent_mails import SentMails
from simulator.stack import Stack
from simulator.tokens import Tokens

ABANDONMENT_SECONDS: Final = 6
"""How long a cart of the demo lies idle before it is abandoned: a setting of its sites."""


@dataclass(frozen=True, slots=True)
class Site:
    """One of the shop's sites."""

    id: UUID
    currency: str


@dataclass(frozen=True, slots=True)
class DemoStack:
    """Everything that is not a shopper's own."""

    stack: Stack
    company_id: UUID
    sites: Sequence[Site]
    products: Sequence[ProductView]
    orders: Orders
    mails: SentMails
    ledger: Ledger
    bundles: Sequence[BundleView] = ()

    @property
    def tokens(self) -> Tokens:
        """The shop's identity provider."""
        return self.stack.tokens

    async def order(self, note: CartNote) -> None:
        """Order the cart at the total that the shopper saw, and note what was charged (rules.md 16)."""
        cart_id = UUID(note.id)
        ordered = await self.orders.convert(cart_id, f"order-of-{note.id}", expected_total=note.total)
        final = await self.orders.read(cart_id)
        note.ordered(ordered.totals, final.version)

    async def note_merged(self, note: CartNote) -> None:
        """Note that the guest's cart went into another one, as the order system reads it."""
        note.merged((await self.orders.read(UUID(note.id))).version)

"""Shopping an invoice again: a cart created, filled line by line and ordered, at the invoice's own time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from cartwheel_client import Backfill, Cartwheel, CartwheelError
from cartwheel_client.models.cart import AddOperation
from localservers.concurrency import at_once

from simulator.replay.errors import InvoiceRefused
from simulator.replay.sales import CURRENCY
from simulator.replay.staging import Invoice, Item

MOST_AT_ONCE = 200
"""Lines that one request adds."""

Catalogue = Callable[[Item], tuple[UUID, UUID]]
"""The product's and the variant's id of an item."""


@dataclass(frozen=True, slots=True)
class PastShopper:
    """Brings carts of the past in; `cartwheel` talks to the cart service itself, `token` has the scope backfill."""

    cartwheel: Cartwheel
    token: str
    catalogue: Catalogue

    async def shop(self, invoice: Invoice) -> None:
        """Create the cart, add the lines (repeated ones add up, rules.md 8) and order it under the invoice's number.

        They are added many at a time, because each change of a cart prices all of it.

        Raises InvoiceRefused; an invoice that was begun may not be begun again.
        """
        guest = self.cartwheel.guest(backfill=Backfill(self.token, invoice.at))
        orders = self.cartwheel.orders(self.token, occurred_at=invoice.at)
        try:
            cart = await guest.create(currency=CURRENCY)
            for first in range(0, len(invoice.items), MOST_AT_ONCE):
                items = invoice.items[first : first + MOST_AT_ONCE]
                await guest.change_items([self._adding(item) for item in items])
            await orders.convert(cart.id, invoice.number, expected_total=invoice.total)
        except CartwheelError as refused:
            raise InvoiceRefused(f"invoice {invoice.number}: {refused}") from refused

    def _adding(self, item: Item) -> AddOperation:
        product_id, variant_id = self.catalogue(item)
        return AddOperation(op="add", product_id=product_id, variant_id=variant_id, quantity=item.quantity)


async def shop_all(
    shopper: PastShopper, invoices: Iterable[Invoice], carts_at_once: int, done: Callable[[Invoice], None]
) -> None:
    """Shop every invoice, begun in the order given, so many at a time; `done` is called with each that is ordered.

    The first refusal ends it.
    """
    waiting = iter(invoices)

    async def work() -> None:
        for invoice in waiting:  # each worker takes the next one: an invoice is begun when all before it have begun
            await shopper.shop(invoice)
            done(invoice)

    async with at_once() as group:
        for _ in range(carts_at_once):
            group.create_task(work())

"""Hints to the processes that have streams open: what has changed, once it is committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.cart import CartViewed
from contracts.envelope import Envelope
from contracts.inventory import HoldEvent, ProductChanged, StockChanged
from contracts.pricing import RuleSetPublished
from servicekit.messaging.cloudevents import Row

from cart.streams.clients import HintSender
from cart.streams.domain import About, Hint

_SHOWN_BY: Final = {"cart": About.CART, "site": About.COMPANY}
"""What streams show of the aggregates that this service has events of."""
_UNSEEN: Final = frozenset({CartViewed.type})


@dataclass(frozen=True, slots=True)
class ChangeAnnouncer:
    """Tells every process of the service what has changed; one for the life of a worker."""

    sender: HintSender

    def announce_rows(self, rows: Sequence[Row]) -> None:
        """Of the outbox: the carts and sites that changed, each once."""
        hints = (
            Hint(about, row["company_id"], row["aggregate_id"] if about is About.CART else row["company_id"])
            for row in rows
            if row["type"] not in _UNSEEN and (about := _SHOWN_BY.get(row["aggregate_type"])) is not None
        )
        self.sender.send(dict.fromkeys(hints))

    def announce_product(self, event: Envelope[ProductChanged]) -> None:
        """A product has changed in the replica of the catalogue."""
        self.sender.send([Hint(About.PRODUCT, event.companyid, event.subject)])

    def announce_stock(self, event: Envelope[StockChanged]) -> None:
        """What is left of a product's variant has changed."""
        self.sender.send([Hint(About.PRODUCT, event.companyid, event.data.product_id)])

    def announce_rules(self, event: Envelope[RuleSetPublished]) -> None:
        """The company's rules of price have changed."""
        self.sender.send([Hint(About.COMPANY, event.companyid, event.companyid)])

    def announce_hold(self, event: Envelope[Any]) -> None:
        """The hold of a cart was placed, released, committed, or is over."""
        hold: HoldEvent = event.data
        self.sender.send([Hint(About.CART, event.companyid, hold.cart_id)])

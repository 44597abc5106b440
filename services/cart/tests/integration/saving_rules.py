"""What the machine of a cart saves for later and moves back."""

from collections.abc import Callable, Coroutine
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ..shop import Shopper
from .checkout_rules import CheckoutRules

MOST = 100
"""Of one line, by the settings of the machine's site."""


class SavingRules(CheckoutRules):
    """Lines go out of the cart and come back; whoever may change the cart may do so.

    Who that is, how an answer is judged, and the cart as staff see it are the machine's to say.
    """

    shopper: Shopper
    changed: Callable[[httpx.Response], bool]
    seen_by_staff: Callable[[], Coroutine[Any, Any, dict[str, Any]]]

    @precondition(lambda self: self.model.lines)
    @rule(data=st.data())
    def save_for_later(self, data: st.DataObject) -> None:
        """Take a line out and keep it; what is kept already adds up."""
        sku = data.draw(st.sampled_from(sorted(self.model.lines)))
        both = self.model.lines[sku] + self.model.saved.get(sku, 0)
        if both <= MOST and self.changed(self.running.do(self._move("items", sku, "save-for-later"))):
            self.model.saved[sku] = both
            del self.model.lines[sku]

    @precondition(lambda self: self.model.saved)
    @rule(data=st.data())
    def move_to_cart(self, data: st.DataObject) -> None:
        """Put what is kept back; what the cart has already adds up."""
        sku = data.draw(st.sampled_from(sorted(self.model.saved)))
        both = self.model.saved[sku] + self.model.lines.get(sku, 0)
        if both <= MOST and self.changed(self.running.do(self._move("savedItems", sku, "move-to-cart"))):
            self.model.lines[sku] = both
            del self.model.saved[sku]

    async def _move(self, place: str, sku: str, how: str) -> httpx.Response:
        [line] = [it["id"] for it in (await self.seen_by_staff())[place] if it["sku"] == sku]
        return await self.shop.client.post(f"{self.shopper.path}/{how}/{line}", headers=self.shopper.headers)

"""What a shopper has saved for later; saving a line and moving it back are changes of its cart."""

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.answers import answer_view
from cart.carts.use_cases.read_cart import load
from cart.carts.view import saved_items_view


async def read_saved_items(unit: TenantUnit, selector: Selector) -> Answer:
    """The lines that the shopper's cart has for later, at the prices of now; raises CartNotFound."""
    cart = (await load(unit, selector)).cart
    return answer_view({"currency": cart.currency, "items": saved_items_view(cart)}, cart.version)

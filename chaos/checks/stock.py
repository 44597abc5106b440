"""Stock is what was there, less what was sold; what is held is what holds have; a hold is its cart."""

from collections import Counter
from collections.abc import Iterator

from chaos.checks.carts import OPEN
from chaos.checks.violations import Run


def stock_adds_up(run: Run) -> Iterator[str]:
    """Of each variant: on hand is the stock of the beginning less the orders', held is the sum of the open holds."""
    held: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    for hold in run.records.holds:
        if hold.state == "ACTIVE":
            held.update(hold.lines)
    for cart in run.records.carts:
        if cart.status == "CONVERTED":
            sold.update(cart.lines)
    for variant, initial in run.shop.stock.items():
        stock, name = run.records.stock[variant], str(variant)
        if stock.on_hand != initial - sold[name]:
            yield f"{stock.on_hand} of {variant} are left of {initial}, and {sold[name]} were ordered"
        if stock.held != held[name]:
            yield f"{stock.held} of {variant} are held, and open holds have {held[name]}"
        if not 0 <= stock.held <= stock.on_hand:
            yield f"{variant} is oversold: {stock.on_hand} on hand, {stock.held} held"


def holds_are_their_carts(run: Run) -> Iterator[str]:
    """An open hold has its cart's lines; the hold of an order has the order's, once; no change is left half done."""
    carts = {cart.id: cart for cart in run.records.carts}
    committed = Counter(hold.cart_id for hold in run.records.holds if hold.state == "COMMITTED")
    for hold in run.records.holds:
        cart = carts.get(hold.cart_id)
        if cart is None:
            yield f"the hold {hold.id} is of the cart {hold.cart_id}, which is not there"
        elif hold.state == "ACTIVE" and (cart.status not in OPEN or dict(hold.lines) != dict(cart.lines)):
            yield f"the cart {cart.id} is {cart.status} with {dict(cart.lines)}, and holds {dict(hold.lines)}"
        elif hold.state == "COMMITTED" and (hold.order_id, dict(hold.lines)) != (cart.order_id, dict(cart.lines)):
            yield f"the cart {cart.id} was ordered as {cart.order_id}, and other stock was sold to {hold.order_id}"
    yield from (f"the stock of {cart_id} was sold {count} times" for cart_id, count in committed.items() if count > 1)
    yield from (f"the hold of {cart.id} is still being changed" for cart in run.records.carts if cart.is_changing)

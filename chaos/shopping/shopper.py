"""One shopper with one cart: what they can do, each command in the ledger."""

from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import UUID

from cartwheel_client import AnyCart, Cartwheel, Orders
from cartwheel_client.models.cart import CartConvertedAnswer, HoldView

from chaos.errors import ChaosError
from chaos.ledger import Command, Entry, Seen
from chaos.shopping.commands import Commands, new_key


class Shopper:
    """A guest whose cart nobody else opens, so that the last answer is what the cart has to be."""

    def __init__(self, commands: Commands, cartwheel: Cartwheel, orders: Orders) -> None:
        self._commands, self._orders = commands, orders
        self._guest = cartwheel.guest()
        self._cart: AnyCart | None = None

    @property
    def cart(self) -> AnyCart:
        """The cart as it was last answered."""
        if self._cart is None:
            raise ChaosError("a shopper without a cart wanted to use it")
        return self._cart

    async def take_cart(self, site_id: UUID) -> None:
        """Begin a cart on a site."""
        await self._change(
            "create", lambda key: self._guest.create(currency="USD", site_id=site_id, idempotency_key=key)
        )

    async def add(self, product_id: UUID, quantity: int) -> None:
        """Put something into the cart."""
        await self._change(
            "add", lambda key: self._guest.add_item(product_id, quantity, idempotency_key=key), quantity=quantity
        )

    async def set_quantity(self, quantity: int) -> None:
        """Have another quantity of the first line."""
        line = self.cart.items[0]
        await self._change(
            "set",
            lambda key: self._guest.set_quantity(line.id, quantity, idempotency_key=key),
            quantity=quantity - line.quantity,
        )

    async def remove_first(self) -> None:
        """Take the first line out."""
        line = self.cart.items[0]
        await self._change(
            "remove", lambda key: self._guest.remove_item(line.id, idempotency_key=key), quantity=-line.quantity
        )

    async def use_code(self, code: str) -> None:
        """Use a discount code, which cart asks pricing about."""
        await self._change("code", lambda key: self._guest.apply_code(code, idempotency_key=key))

    async def leave_address(self, email: str) -> None:
        """Agree to be reminded."""
        await self._change(
            "contact", lambda key: self._guest.set_contact(email, consent=True, idempotency_key=key), email=email
        )

    async def hold(self) -> None:
        """Have the stock of every line held."""
        await self._commands.send(self._entry("hold"), lambda _: self._guest.hold(), _seen_hold)

    async def release(self) -> None:
        """Give the stock back."""
        await self._commands.send(self._entry("release"), lambda _: self._guest.release_hold(), _seen_hold)

    async def order(self) -> None:
        """Have the shop take the order, at the total that was shown."""
        cart = self.cart
        order_id = f"order-of-{cart.id}"

        def convert(_: str) -> Awaitable[CartConvertedAnswer]:
            return self._orders.convert(cart.id, order_id, expected_total=cart.totals.total)

        await self._commands.send(self._entry("order"), convert, _seen_order)

    async def _change(
        self, command: Command, call: Callable[[str], Awaitable[AnyCart]], *, quantity: int = 0, email: str = ""
    ) -> None:
        self._cart = await self._commands.send(self._entry(command, quantity=quantity, email=email), call, _seen_cart)

    def _entry(self, command: Command, *, quantity: int = 0, email: str = "") -> Entry:
        cart_id = str(self._cart.id) if self._cart is not None else ""
        return Entry(command, new_key(), cart_id, "accepted", 0, quantity=quantity, email=email)


def _seen_cart(cart: AnyCart) -> Seen:
    lines: Counter[str] = Counter()
    for line in cart.items:
        lines[str(line.variant_id)] += line.quantity
    return Seen(cart_id=str(cart.id), version=cart.version, lines=dict(lines), total=cart.totals.total)


def _seen_hold(_: HoldView) -> Seen:
    return Seen()


def _seen_order(order: CartConvertedAnswer) -> Seen:
    return Seen(order_id=order.order_id, total=order.totals.total)

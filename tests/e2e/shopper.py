"""Guests and customers who shop through the gateway with the Python client, each at an address of their own."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar
from uuid import UUID

import pytest
from cartwheel_client import AnyCart, Cartwheel, CustomerCart, GuestCart, Problem, Retries
from cartwheel_client.models.cart import CartView, HoldView, MergedCartView, NewGuestCartView
from servicekit.testing.polling import poll

from .visitor import own_address

T = TypeVar("T")


def client(api_url: str, company_id: UUID) -> Cartwheel:
    """A client at an address of its own, which sends everything once: a journey is to see the first answer."""
    return Cartwheel(api_url, company_id, timeout=20, retries=Retries.none(), transport=own_address())


class Guest:
    """One guest; `products` maps a handle to the product's id."""

    def __init__(self, cartwheel: Cartwheel, products: Mapping[str, UUID]) -> None:
        self.cartwheel = cartwheel
        self.cart: GuestCart = cartwheel.guest()
        self._products = products

    @property
    def cart_id(self) -> UUID:
        """The cart's id."""
        assert self.cart.cart_id is not None, "this guest has no cart yet"
        return self.cart.cart_id

    @property
    def session_token(self) -> str:
        """What opens the cart."""
        return self.cart.session_token

    @property
    def credentials(self) -> dict[str, str]:
        """The headers by which the platform recognises this guest."""
        return {"x-company-id": str(self.cartwheel.company_id), "x-session-token": self.session_token}

    async def opens_a_cart(self) -> NewGuestCartView:
        """Create a guest's cart and keep its token."""
        return await self.cart.create()

    async def adds(self, handle: str, quantity: int = 1) -> CartView:
        """Put a product into the cart."""
        return await self.cart.add_item(self._products[handle], quantity)

    async def looks(self) -> CartView:
        """Read the cart."""
        return await self.cart.read()

    async def leaves(self, email: str, *, consent: bool = True) -> CartView:
        """Leave an address, with consent or without."""
        return await self.cart.set_contact(email, consent=consent)

    async def uses(self, code: str) -> CartView:
        """Use a discount code."""
        return await self.cart.apply_code(code)

    async def holds(self) -> HoldView:
        """Hold the stock of everything in the cart."""
        return await self.cart.hold()


class Customer:
    """One signed-in shopper, who has the same cart wherever they sign in."""

    def __init__(self, cartwheel: Cartwheel, token: str, products: Mapping[str, UUID]) -> None:
        self.cart: CustomerCart = cartwheel.customer(token)
        self._products = products

    async def opens_a_cart(self) -> CartView:
        """Create the cart, or find the open one."""
        return await self.cart.create()

    async def adds(self, handle: str, quantity: int = 1) -> CartView:
        """Put a product into the cart."""
        return await self.cart.add_item(self._products[handle], quantity)

    async def looks(self) -> CartView:
        """Read the cart."""
        return await self.cart.read()

    async def merges(self, session_token: str) -> MergedCartView:
        """Bring along the cart of the session that was a guest's before the sign-in."""
        return await self.cart.merge(session_token)


def contents(cart: AnyCart) -> dict[str, int]:
    """How many of each sku a cart has."""
    return {line.sku: line.quantity for line in cart.items}


async def refused(call: Awaitable[object]) -> Problem:
    """The problem that a call is answered with; anything else is the test's failure."""
    with pytest.raises(Problem) as raised:
        await call
    return raised.value


async def refused_as(call: Awaitable[object]) -> tuple[int, str]:
    """Status and code of the problem that a call is answered with."""
    problem = await refused(call)
    return problem.status, problem.code


async def unless_refused(call: Awaitable[T], code: str) -> T | None:
    """What a call is answered; None when it is refused with this code."""
    try:
        return await call
    except Problem as problem:
        if problem.code == code:
            return None
        raise


async def until_known(call: Callable[[], Awaitable[T]]) -> T:
    """What a call is answered as soon as what it names has reached the service that is called: until then it is 404."""
    answer = await poll(lambda: unless_refused(call(), "NOT_FOUND"))
    assert answer is not None  # polled until it is not
    return answer

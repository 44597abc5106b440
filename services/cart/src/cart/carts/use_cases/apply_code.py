"""Apply a discount code: pricing resolves it with no transaction open, then it is put on the cart."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.base import Actor
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.domain.cart import Cart
from cart.carts.domain.intents import ApplyCode
from cart.carts.domain.values import AppliedCode
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.change import CartChanger, ChangeRequest
from cart.carts.use_cases.read_cart import load
from cart.clients import Codes


@dataclass(frozen=True, slots=True)
class CodeApplier:
    """Resolves codes and applies them; one for the life of the process."""

    changer: CartChanger
    codes: Codes
    lifetime: timedelta
    """How long a code's rule is kept on a cart before it must be applied again."""

    async def resolve(self, cart: Cart, code: str, now: datetime) -> AppliedCode:
        """What a code stands for on this cart, as pricing resolves it; to be called while no unit is open.

        Raises what a final cart raises, the code's own refusal, and ServiceUnavailable503: then nothing is changed.
        """
        cart.require_open(now)
        rule = await self.codes.resolve(cart, code)
        return AppliedCode(code.upper(), rule, now + self.lifetime)


@dataclass(frozen=True, slots=True)
class CodeApplication:
    """One code for one shopper's cart, in the three steps of a change that calls an upstream."""

    applier: CodeApplier
    selector: Selector
    actor: Actor
    now: datetime
    expected_version: int | None
    code: str

    async def read(self, unit: TenantUnit) -> Cart:
        """The shopper's cart; raises CartNotFound."""
        return (await load(unit, self.selector)).cart

    async def call(self, found: Cart, key: str | None) -> AppliedCode:
        """The code as pricing resolves it."""
        return await self.applier.resolve(found, self.code, self.now)

    async def write(self, unit: TenantUnit, found: Cart, result: AppliedCode) -> Answer:
        """Put the code on the cart that it was resolved for; raises CartReplaced if the shopper has another by now."""
        request = ChangeRequest(self.selector, self.actor, self.now, self.expected_version)
        return await self.applier.changer.change_cart(unit, request, ApplyCode(result, found.id))

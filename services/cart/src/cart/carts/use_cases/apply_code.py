"""Apply a discount code: pricing resolves it with no transaction open, then it is put on the cart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.domain.cart import Cart
from cart.carts.domain.intents import ApplyCode
from cart.carts.domain.values import AppliedCode
from cart.carts.use_cases.change import CartChanger, ChangeRequest
from cart.clients import Codes


@dataclass(frozen=True, slots=True)
class CodeApplier:
    """Resolves codes and applies them; one for the life of the process."""

    changer: CartChanger
    codes: Codes
    lifetime: timedelta
    """How long a code's rule is kept on a cart before it must be applied again."""

    async def resolve(self, cart: Cart, code: str, now: datetime) -> AppliedCode:
        """Ask pricing what a code stands for on this cart; to be called while no unit is open.

        Raises what a final cart raises, the code's own refusal, and ServiceUnavailable503: then nothing is changed.
        """
        cart.require_open(now)
        rule = await self.codes.resolve(cart, code)
        return AppliedCode(code.upper(), rule, now + self.lifetime)

    async def apply(self, unit: TenantUnit, request: ChangeRequest, cart_id: UUID, code: AppliedCode) -> Answer:
        """Put a resolved code on the cart that it was resolved for; raises CartReplaced if that is another by now."""
        return await self.changer.change_cart(unit, request, ApplyCode(code, cart_id))

"""Applying a discount code, as guests' and customers' routes share it: pricing is asked between two units."""

from datetime import datetime

from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit
from servicekit.http.etags import expected_version
from starlette.responses import Response

from cart.carts.changing import Ask
from cart.carts.edge import moment, respond
from cart.carts.errand import CartErrand
from cart.carts.model import AppliedCode, Cart
from cart.carts.repository import Selector
from cart.carts.service import Shopping


async def apply_code_as(
    errand: CartErrand, shopping: Shopping, caller: Caller, selector: Selector, code: str
) -> Response:
    """Ask what the code stands for on the caller's cart, and put it there."""

    async def ask(cart: Cart, now: datetime) -> AppliedCode:
        return await shopping.resolve_code(cart, code, now)

    async def write(unit: TenantUnit, cart: Cart, resolved: AppliedCode) -> Response:
        change = Ask(selector, caller.actor, moment(caller, unit), expected_version(errand.request))
        return respond(await shopping.apply_code(unit, change, cart.id, resolved))

    return await errand.run(caller, selector, ask, write)

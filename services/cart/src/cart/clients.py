"""The services that cart calls, each with its degraded answer: a clear 503 and the cart untouched (architecture.md)."""

from dataclasses import dataclass
from uuid import UUID

from contracts.inventory_calls import HoldLine, HoldRefusal, HoldState, PlaceHold, ProductFound
from contracts.pricing_calls import AddressResolved, CodeRefusal, CodeResolved, ResolveAddress, ResolveCode
from contracts.ruleset import PromotionRule
from servicekit.errors import Conflict409, FeatureDisabled403, ServiceError, ServiceUnavailable503
from servicekit.upstream.client import InternalClient, RemoteProblem

from cart import errors
from cart.carts.domain.cart import Cart

_CODE_ERRORS: dict[str, type[ServiceError]] = {
    CodeRefusal.DISCOUNT_INVALID: errors.DiscountInvalid,
    CodeRefusal.DISCOUNT_EXPIRED: errors.DiscountExpired,
    CodeRefusal.DISCOUNT_LIMIT_REACHED: errors.DiscountLimitReached,
    CodeRefusal.DISCOUNT_NOT_COMBINABLE: errors.DiscountNotCombinable,
}

_HOLD_ERRORS: dict[str, type[ServiceError]] = {
    HoldRefusal.HOLD_LIMIT: errors.HoldLimit,
    errors.ProductNotFound.code: errors.ProductUnavailable,
    FeatureDisabled403.code: FeatureDisabled403,
    Conflict409.code: Conflict409,
}


@dataclass(frozen=True, slots=True)
class Codes:
    """What a code stands for, read from pricing."""

    client: InternalClient

    async def resolve(self, cart: Cart, code: str) -> PromotionRule:
        """The code's rule for this cart; raises the code's own refusal, or ServiceUnavailable503 for any other."""
        body = ResolveCode(code=code, site_id=cart.site.id, currency=cart.currency, customer_id=cart.customer_id)
        try:
            answer = await self.client.call(
                "POST", "/internal/codes/resolve", company_id=cart.company_id, body=body, answer=CodeResolved, retries=1
            )
        except RemoteProblem as problem:
            raise _CODE_ERRORS.get(problem.code, ServiceUnavailable503)() from problem
        return answer.rule


@dataclass(frozen=True, slots=True)
class Addresses:
    """Taxes and ways to ship to an address, read from pricing."""

    client: InternalClient

    async def resolve(self, company_id: UUID, address: ResolveAddress) -> AddressResolved:
        """What applies at the address; raises ServiceUnavailable503."""
        return await self.client.call(
            "POST",
            "/internal/addresses/resolve",
            company_id=company_id,
            body=address,
            answer=AddressResolved,
            retries=1,
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A product with its variants, read from inventory."""

    client: InternalClient

    async def product(self, company_id: UUID, product_id: UUID) -> ProductFound:
        """The product as it is now; raises ProductNotFound, or ServiceUnavailable503 for any other refusal."""
        try:
            return await self.client.call(
                "GET", f"/internal/products/{product_id}", company_id=company_id, body=None, answer=ProductFound
            )
        except RemoteProblem as problem:
            unknown = problem.code == errors.ProductNotFound.code
            raise (errors.ProductNotFound() if unknown else ServiceUnavailable503()) from problem


@dataclass(frozen=True, slots=True)
class StockHolds:
    """A cart's hold on stock, requested of inventory."""

    client: InternalClient

    async def place(self, cart: Cart) -> HoldState:
        """Take stock for all lines, or nothing.

        Raises InventoryHoldFailed, HoldLimit, ProductUnavailable for a variant that inventory has no more,
        FeatureDisabled403 where holds are switched off, Conflict409, or ServiceUnavailable503.
        """
        body = PlaceHold(
            cart_id=cart.id,
            site_id=cart.site.id,
            owner=cart.customer_id or str(cart.id),
            lines=tuple(HoldLine(variant_id=line.variant_id, quantity=line.quantity) for line in cart.lines),
        )
        try:
            return await self.client.call(
                "POST", "/internal/holds", company_id=cart.company_id, body=body, answer=HoldState
            )
        except RemoteProblem as problem:
            raise _hold_refusal(problem) from problem

    async def replace(self, cart: Cart) -> None:
        """Make the cart's hold fit its lines: changed lines are held in the same call (rules.md 18)."""
        if cart.lines:
            await self.place(cart)
        else:
            await self.release(cart.company_id, cart.id)

    async def status(self, company_id: UUID, cart_id: UUID) -> HoldState:
        """The cart's hold as inventory has it now."""
        return await self.client.call(
            "GET", f"/internal/holds/by-cart/{cart_id}", company_id=company_id, body=None, answer=HoldState, retries=1
        )

    async def release(self, company_id: UUID, cart_id: UUID) -> HoldState:
        """Give the stock back; idempotent."""
        return await self.client.call(
            "DELETE",
            f"/internal/holds/by-cart/{cart_id}?reason=shopper",
            company_id=company_id,
            body=None,
            answer=HoldState,
            retries=1,
        )


def _hold_refusal(problem: RemoteProblem) -> Exception:
    """What inventory's refusal means to the shopper; one that nobody expected stays what it is."""
    if problem.code == HoldRefusal.INVENTORY_HOLD_FAILED:
        return errors.InventoryHoldFailed(lines=problem.body.get("lines", []))
    known = _HOLD_ERRORS.get(problem.code)
    return problem if known is None else known()

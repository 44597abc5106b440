"""The services that cart calls, each with its degraded answer: a clear 503 and the cart untouched (architecture.md)."""

from dataclasses import dataclass
from uuid import UUID

from contracts.base import Contract
from contracts.inventory_calls import CommitHold, HoldRefusal, HoldState, PlaceHold, ProductFound, RevertCommit
from contracts.pricing_calls import AddressResolved, CodeRefusal, CodeResolved, ResolveAddress, ResolveCode
from contracts.ruleset import PromotionRule
from servicekit.errors import Conflict409, FeatureDisabled403, ServiceError, ServiceUnavailable503
from servicekit.upstream.client import InternalClient
from servicekit.upstream.errors import RemoteProblem

from cart import errors
from cart.carts.domain.cart import Cart
from cart.holds.domain import HoldRequest

_CODE_ERRORS: dict[str, type[ServiceError]] = {
    CodeRefusal.DISCOUNT_INVALID: errors.DiscountInvalid,
    CodeRefusal.DISCOUNT_EXPIRED: errors.DiscountExpired,
    CodeRefusal.DISCOUNT_LIMIT_REACHED: errors.DiscountLimitReached,
    CodeRefusal.DISCOUNT_NOT_COMBINABLE: errors.DiscountNotCombinable,
}

_HOLD_ERRORS: dict[str, type[ServiceError]] = {
    HoldRefusal.HOLD_LIMIT: errors.HoldLimit,
    HoldRefusal.FENCE_PASSED: errors.HoldChanging,
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

    async def request(self, request: HoldRequest, fence: int) -> HoldState:
        """Change the hold as requested, all lines or nothing; with a lower fence than before nothing is changed.

        Raises InventoryHoldFailed, HoldLimit, ProductUnavailable for a variant that inventory has no more,
        FeatureDisabled403 where holds are switched off, HoldChanging for a late call, Conflict409; or
        ServiceUnavailable503: then it may have been changed.
        """
        by_cart = f"/internal/holds/by-cart/{request.cart_id}"
        match request.kind:
            case "PLACE":
                return await self._call("POST", "/internal/holds", request, _placement(request, fence))
            case "RELEASE":
                return await self._call("DELETE", f"{by_cart}?reason=shopper&fence={fence}", request, None)
            case "COMMIT":
                return await self._call("POST", "/internal/holds/commit", request, _commitment(request, fence))
            case "REVERT":
                body = RevertCommit(order_id=request.order_id or "", fence=fence)
                return await self._call("POST", f"{by_cart}/revert", request, body)

    async def _call(self, method: str, path: str, request: HoldRequest, body: Contract | None) -> HoldState:
        """Every request may be repeated under its fence: it leaves the same hold."""
        try:
            return await self.client.call(method, path, company_id=request.company_id, body=body, answer=HoldState)
        except RemoteProblem as problem:
            raise _hold_refusal(problem) from problem

    async def status(self, company_id: UUID, cart_id: UUID) -> HoldState:
        """The cart's hold as inventory has it now."""
        return await self.client.call(
            "GET", f"/internal/holds/by-cart/{cart_id}", company_id=company_id, body=None, answer=HoldState, retries=1
        )


def _placement(request: HoldRequest, fence: int) -> PlaceHold:
    return PlaceHold(
        cart_id=request.cart_id, site_id=request.site_id, owner=request.owner, lines=request.lines, fence=fence
    )


def _commitment(request: HoldRequest, fence: int) -> CommitHold:
    placement = _placement(request, fence)
    return CommitHold(**placement.model_dump(), order_id=request.order_id or "")


def _hold_refusal(problem: RemoteProblem) -> Exception:
    """What inventory's refusal means to the shopper; one that nobody expected stays what it is."""
    if problem.code == HoldRefusal.INVENTORY_HOLD_FAILED:
        return errors.InventoryHoldFailed(lines=problem.body.get("lines", []))
    known = _HOLD_ERRORS.get(problem.code)
    return problem if known is None else known()

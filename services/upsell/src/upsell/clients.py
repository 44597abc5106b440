"""The one upstream of upsell: cart, to read what is in a cart and to add to it."""

from dataclasses import dataclass
from uuid import UUID

from contracts.cart_calls import AddRecommended, AuthorizeShopper, CartSnapshot
from servicekit.auth.caller import Caller
from servicekit.upstream.client import InternalClient
from servicekit.upstream.errors import RemoteProblem

from upsell.errors import CartNotFound404, refusal_by_cart


@dataclass(frozen=True, slots=True)
class Carts:
    """Carts as the cart service answers for them. What it cannot answer in time raises ServiceUnavailable503."""

    client: InternalClient

    async def of(self, shopper: Caller, site_id: UUID | None) -> CartSnapshot:
        """The shopper's open cart, which also proves that it is theirs; raises CartNotFound404."""
        is_guest = shopper.session_hash is not None
        requested = AuthorizeShopper(
            customer_id=None if is_guest else shopper.subject,
            session_hash=shopper.subject if is_guest else None,
            site_id=site_id or shopper.site_id,
        )
        try:
            return await self.client.call(
                "POST",
                "/internal/carts/authorize",
                company_id=shopper.company_id,
                body=requested,
                answer=CartSnapshot,
                retries=1,
            )
        except RemoteProblem as problem:
            if problem.status == CartNotFound404.status:
                raise CartNotFound404 from problem
            raise

    async def add(self, company_id: UUID, cart_id: UUID, item: AddRecommended, key: str | None) -> bytes:
        """Put a product into a cart and answer the cart as its service wrote it; raises what that service refuses.

        Once per key: adding again with the same one answers the same and adds nothing.
        """
        try:
            return await self.client.send(
                "POST", f"/internal/carts/{cart_id}/items", company_id=company_id, body=item, key=key
            )
        except RemoteProblem as problem:
            raise refusal_by_cart(problem.status, problem.body) from problem

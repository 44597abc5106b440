"""What recovery calls of the cart service."""

from uuid import UUID

from contracts.cart_calls import CartRestored, CartSnapshot, RestoreCart
from servicekit.upstream.client import InternalClient
from servicekit.upstream.errors import RemoteProblem, Unavailable

from recovery.errors import (
    CartConverted409,
    CartExpired410,
    CartMerged409,
    CartNotFound404,
    RecoveryError,
)
from recovery.settings import RecoverySettings

RESTORE_RETRIES = 2
"""Restoring is idempotent per abandonment, so an unanswered call may be repeated."""

_REFUSALS: dict[str, type[RecoveryError]] = {
    str(error.code): error for error in (CartNotFound404, CartConverted409, CartMerged409, CartExpired410)
}


class CartClient:
    """The cart service, as recovery sees it. Safe for concurrent use; close it at the end."""

    def __init__(self, client: InternalClient) -> None:
        self._client = client

    @classmethod
    def of(cls, settings: RecoverySettings) -> "CartClient":
        """The cart service that these settings name."""
        return cls(InternalClient(settings.cart_url, "recovery", settings))

    async def snapshot(self, company_id: UUID, cart_id: UUID) -> CartSnapshot | None:
        """The cart as it is now, None when cart has no such cart; raises Unavailable."""
        try:
            return await self._client.call(
                "GET", f"/internal/carts/{cart_id}", company_id=company_id, body=None, answer=CartSnapshot
            )
        except RemoteProblem as problem:
            if problem.status == CartNotFound404.status:
                return None
            raise Unavailable from problem

    async def restore(self, company_id: UUID, cart_id: UUID, abandonment_id: UUID) -> CartRestored:
        """Reactivate the cart for whoever followed a signed link; raises what cart refuses with, or Unavailable."""
        try:
            return await self._client.call(
                "POST",
                f"/internal/carts/{cart_id}/restore",
                company_id=company_id,
                body=RestoreCart(abandonment_id=abandonment_id),
                answer=CartRestored,
                retries=RESTORE_RETRIES,
            )
        except RemoteProblem as problem:
            refusal = _REFUSALS.get(problem.code)
            raise (refusal or Unavailable)() from problem

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

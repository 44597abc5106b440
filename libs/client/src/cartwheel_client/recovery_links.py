"""What the links in recovery mails lead to, for a shop that has pages of its own for it."""

from dataclasses import dataclass

from cartwheel_client.connection import Connection, Repeating
from cartwheel_client.models.recovery import LinkView, RestoredView, UnsubscribedView


@dataclass(frozen=True, slots=True)
class RecoveryLinks:
    """A link's token is itself the right to what it names; BadRequest when it is none, or too old."""

    connection: Connection

    async def read(self, token: str) -> LinkView:
        """What the link leads to; reading changes nothing, since programs that scan mails read as well."""
        return await self.connection.read(LinkView, f"/api/cart/recovery/{token}")

    async def click(self, token: str) -> None:
        """Count that the shopper followed the link."""
        await self.connection.perform("POST", f"/api/cart/recovery/{token}/click", repeating=Repeating.NEVER)

    async def restore(self, token: str) -> RestoredView:
        """Bring the cart back; the answer may have a session token to go on with."""
        path = f"/api/cart/recovery/{token}/restore"
        return await self.connection.change(RestoredView, "POST", path, repeating=Repeating.NEVER)

    async def unsubscribe(self, token: str) -> UnsubscribedView:
        """Write to this address no more."""
        path = f"/api/recovery/unsubscribe/{token}"
        return await self.connection.change(UnsubscribedView, "POST", path, repeating=Repeating.ALWAYS)

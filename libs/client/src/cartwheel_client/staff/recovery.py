"""The recovery of abandoned carts: the queue, the campaign's mails, and who is not to be written to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Unpack
from uuid import UUID

from cartwheel_client.connection import Conditions, Connection
from cartwheel_client.models.recovery import (
    AbandonedPage,
    AbandonedView,
    CampaignChange,
    CampaignList,
    CampaignView,
    NewCampaign,
    NewSuppression,
    PreviewView,
    SuppressionPage,
    SuppressionView,
)

_QUEUE = "/api/admin/carts/abandoned"
_CAMPAIGNS = "/api/admin/recovery/campaigns"
_SUPPRESSIONS = "/api/admin/recovery/suppressions"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A company's recovery of abandoned carts."""

    connection: Connection

    async def list_abandoned(
        self,
        *,
        status: str | None = None,
        site_id: UUID | None = None,
        mailable: bool | None = None,
        min_total: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AbandonedPage:
        """A page of the queue, newest first; `min_total` in minor units, `since` and `until` of the abandonment."""
        filters = {
            "status": status,
            "siteId": site_id,
            "mailable": mailable,
            "minTotal": min_total,
            "from": since,
            "to": until,
            "limit": limit,
            "cursor": cursor,
        }
        return await self.connection.read(AbandonedPage, _QUEUE, **filters)

    async def send_now(self, recovery_id: UUID, **conditions: Unpack[Conditions]) -> AbandonedView:
        """Let the next mail go out at once."""
        path = f"{_QUEUE}/{recovery_id}/send"
        return await self.connection.change(AbandonedView, "POST", path, conditions=conditions)

    async def dismiss(self, recovery_id: UUID, **conditions: Unpack[Conditions]) -> AbandonedView:
        """Write no more about this cart."""
        path = f"{_QUEUE}/{recovery_id}/dismiss"
        return await self.connection.change(AbandonedView, "POST", path, conditions=conditions)

    async def list_campaigns(self) -> CampaignList:
        """Every campaign."""
        return await self.connection.read(CampaignList, _CAMPAIGNS)

    async def read_campaign(self, campaign_id: UUID) -> CampaignView:
        """One campaign."""
        return await self.connection.read(CampaignView, f"{_CAMPAIGNS}/{campaign_id}")

    async def create_campaign(self, campaign: NewCampaign, **conditions: Unpack[Conditions]) -> CampaignView:
        """Make a campaign; raises Conflict when the company has one."""
        return await self.connection.change(CampaignView, "POST", _CAMPAIGNS, campaign, conditions=conditions)

    async def change_campaign(
        self, campaign_id: UUID, change: CampaignChange, **conditions: Unpack[Conditions]
    ) -> CampaignView:
        """Change what the body names."""
        path = f"{_CAMPAIGNS}/{campaign_id}"
        return await self.connection.change(CampaignView, "PATCH", path, change, conditions=conditions)

    async def delete_campaign(self, campaign_id: UUID, **conditions: Unpack[Conditions]) -> None:
        """Do away with a campaign."""
        await self.connection.perform("DELETE", f"{_CAMPAIGNS}/{campaign_id}", conditions=conditions)

    async def list_suppressions(self, *, limit: int | None = None, cursor: str | None = None) -> SuppressionPage:
        """A page of those who are not written to."""
        return await self.connection.read(SuppressionPage, _SUPPRESSIONS, limit=limit, cursor=cursor)

    async def suppress(self, email: str, **conditions: Unpack[Conditions]) -> SuppressionView:
        """Never write to this address."""
        body = NewSuppression(email=email)
        return await self.connection.change(SuppressionView, "POST", _SUPPRESSIONS, body, conditions=conditions)

    async def lift_suppression(self, suppression_id: UUID, **conditions: Unpack[Conditions]) -> None:
        """Allow mails to an address again."""
        await self.connection.perform("DELETE", f"{_SUPPRESSIONS}/{suppression_id}", conditions=conditions)

    async def preview(
        self, *, step: int | None = None, locale: str | None = None, recovery_id: UUID | None = None
    ) -> PreviewView:
        """A mail as it would be sent."""
        path = "/api/admin/recovery/preview"
        return await self.connection.read(PreviewView, path, step=step, locale=locale, recoveryId=recovery_id)

"""A merchant at work: a company with its sites, catalogue, rules and campaign, made through the admin routes."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from cartwheel_client import Cartwheel, Conflict
from cartwheel_client.models.cart import CreateCompany, CreateSite
from cartwheel_client.models.pricing import NewPromotion, NewShippingRule, NewTaxRate
from cartwheel_client.models.recovery import CampaignChange, NewCampaign, StepBody
from pydantic import BaseModel

from simulator.errors import RowsRejected
from simulator.tokens import Tokens


class Merchant:
    """One company's administrator; `cartwheel` is a client of the company that goes through the gateway.

    Making a shop may be interrupted and done again within a day without anything being made twice.
    """

    def __init__(self, cartwheel: Cartwheel, tokens: Tokens) -> None:
        self.company_id = cartwheel.company_id
        self.staff = cartwheel.staff(tokens.admin(cartwheel.company_id))
        self._platform = cartwheel.staff(tokens.platform(cartwheel.company_id))

    async def found_company(self, name: str) -> None:
        """Make the company, or rename it."""
        await self._platform.companies.create(CreateCompany(id=self.company_id, name=name))

    async def open_site(self, site: CreateSite) -> UUID:
        """Open a site, and return its id."""
        made = await self.staff.sites.create(site, idempotency_key=_key_of("site", site))
        return made.id

    async def import_products(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Import products; raises RowsRejected unless all of them are in."""
        report = await self.staff.catalogue.import_products(rows)
        if report.rejected:
            raise RowsRejected(f"{report.rejected} products were rejected: {report.errors[:3]}")

    async def offer(self, promotion: NewPromotion) -> None:
        """Make a promotion; one whose code is there already is left as it is."""
        with suppress(Conflict):
            await self.staff.pricing.promotions.create(promotion, idempotency_key=_key_of("promotion", promotion))

    async def tax(self, rate: NewTaxRate) -> None:
        """Make a tax rate."""
        await self.staff.pricing.tax_rates.create(rate, idempotency_key=_key_of("tax rate", rate))

    async def ship(self, rule: NewShippingRule) -> None:
        """Make a way to ship."""
        await self.staff.pricing.shipping_rules.create(rule, idempotency_key=_key_of("shipping rule", rule))

    async def remind(self, *delays_seconds: int, daily_cap: int | None = 1) -> None:
        """Let the company's recovery campaign send a mail this long after each abandonment."""
        recovery, steps = self.staff.recovery, [StepBody(delay_seconds=delay) for delay in delays_seconds]
        # Recovery makes the campaign by itself once it receives the first site, which may be at this very moment.
        with suppress(Conflict):
            new = NewCampaign(name="Abandoned cart", steps=steps, daily_cap_per_recipient=daily_cap)
            await recovery.create_campaign(new)
        campaign = (await recovery.list_campaigns()).items[0]
        change = CampaignChange(steps=steps, daily_cap_per_recipient=daily_cap)
        await recovery.change_campaign(campaign.id, change)


def _key_of(kind: str, body: BaseModel) -> str:
    """An Idempotency-Key that is the same for the same wish."""
    return hashlib.sha256(f"{kind}:{body.model_dump_json(exclude_unset=True)}".encode()).hexdigest()

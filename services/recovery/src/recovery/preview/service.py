"""Writing a step's mail without sending it: about a real abandoned cart, or a sample one."""

import json
from functools import cache
from importlib import resources
from uuid import UUID

from contracts.cart import FullLine
from servicekit.db import Unit
from servicekit.errors import NotFound404

from recovery.campaigns import repository as campaigns
from recovery.mail.content import Content, Goods, Links, write
from recovery.mail.languages import language
from recovery.mail.mailroom import Mailroom
from recovery.recoveries import repository as recoveries
from recovery.sites import repository as sites
from recovery.sites.domain import Site

_NOBODY = UUID(int=0)


async def preview(
    unit: Unit, company_id: UUID, mailroom: Mailroom, *, step: int, locale: str | None, recovery_id: UUID | None
) -> Content:
    """The mail of a step of the company's campaign. Its links lead nowhere: they are signed for no recovery.

    Raises NotFound404 for a step, a recovery or a company that is not there.
    """
    campaign = await campaigns.current(unit, company_id)
    found = campaign.step(step) if campaign else None
    goods, site = await _subject(unit, company_id, recovery_id)
    if found is None or site is None:
        raise NotFound404
    links: Links = mailroom.links(_NOBODY, _NOBODY, step, unit.now)
    return write(site, found, goods, links, language(locale, site.locale))


async def _subject(unit: Unit, company_id: UUID, recovery_id: UUID | None) -> tuple[Goods, Site | None]:
    """What the mail is about, and the site it speaks for: the recovery's, or a sample at the company's first."""
    if recovery_id is None:
        return _sample(), await sites.first(unit, company_id)
    recovery = await recoveries.get(unit, company_id, recovery_id)
    if recovery is None:
        raise NotFound404
    goods = Goods(recovery.currency, recovery.total, recovery.lines)
    return goods, await sites.get(unit, company_id, recovery.site_id)


@cache
def _sample() -> Goods:
    content = json.loads((resources.files("recovery.preview") / "sample.json").read_text(encoding="utf-8"))
    lines = tuple(FullLine.model_validate(line) for line in content["lines"])
    return Goods(content["currency"], content["total"], lines)

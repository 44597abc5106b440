"""Writing a step's mail without sending it: about a real abandoned cart, or a sample one."""

import json
from functools import cache
from importlib import resources
from uuid import UUID

from contracts.cart import FullLine
from servicekit.db import TenantUnit
from servicekit.errors import NotFound404

from recovery.campaigns import repository as campaigns
from recovery.links.domain.links import LinkSigner
from recovery.mail.view.content import CartContents, MailContent, write_content
from recovery.mail.view.languages import language
from recovery.recoveries import repository as recoveries
from recovery.sites import repository as sites
from recovery.sites.domain import Site

_NOBODY = UUID(int=0)


async def preview(
    unit: TenantUnit, signer: LinkSigner, *, step: int, locale: str | None, recovery_id: UUID | None
) -> MailContent:
    """The mail of a step of the company's campaign. Its links lead nowhere: they are signed for no recovery.

    Raises NotFound404 for a step, a recovery or a company that is not there.
    """
    campaign = await campaigns.current(unit)
    found = campaign.step(step) if campaign else None
    contents, site = await _subject(unit, recovery_id)
    if found is None or site is None:
        raise NotFound404
    links = signer.links(_NOBODY, _NOBODY, step, unit.now)
    return write_content(site, found, contents, links, language(locale, site.locale))


async def _subject(unit: TenantUnit, recovery_id: UUID | None) -> tuple[CartContents, Site | None]:
    """What the mail is about, and the site it speaks for: the recovery's, or a sample at the company's first."""
    if recovery_id is None:
        return _sample(), await sites.first(unit)
    recovery = await recoveries.get(unit, recovery_id)
    if recovery is None:
        raise NotFound404
    contents = CartContents(recovery.currency, recovery.total, recovery.lines)
    return contents, await sites.get(unit, recovery.site_id)


@cache
def _sample() -> CartContents:
    content = json.loads((resources.files("recovery.preview") / "sample.json").read_text(encoding="utf-8"))
    lines = tuple(FullLine.model_validate(line) for line in content["lines"])
    return CartContents(content["currency"], content["total"], lines)

"""What the staff's routes depend on: whether recovery is switched on for the company."""

from typing import Annotated

from fastapi import Depends
from servicekit.errors import FeatureDisabled403
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.routes.callers import Admin
from starlette.requests import Request

from recovery import flags


async def _is_on(request: Request, caller: Admin) -> bool:
    return await flags.is_on(kit_of(request).flags, caller.company_id)


@documents(FeatureDisabled403)
async def _require_on(request: Request, caller: Admin) -> None:
    await flags.require_on(kit_of(request).flags, caller.company_id)


IsOn = Annotated[bool, Depends(_is_on)]
"""Whether a read has anything to show."""
RequireOn = Depends(_require_on)
"""Declare on writes."""

"""What the routes depend on: whether the dashboards are switched on."""

from typing import Annotated

from fastapi import Depends, Request
from servicekit.process.kit import kit_of
from servicekit.routes.callers import Admin

from analytics.flags import AnalyticsFlag


async def is_enabled(request: Request, staff: Admin) -> bool:
    """Whether the feature is on for the company; reads are answered empty while it is not (api.md, "Flags")."""
    return await kit_of(request).flags.enabled(AnalyticsFlag.DASHBOARDS, staff.company_id)


Enabled = Annotated[bool, Depends(is_enabled)]
"""Declare it after the caller."""

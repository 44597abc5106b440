"""The transaction at the edge of a route: opened after the caller is known, committed before the answer leaves."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from servicekit.auth.caller import NO_COMPANY
from servicekit.db import SystemUnit, TenantUnit
from servicekit.errors import Conflict409, MissingCompany400, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of


@documents(Conflict409, ServiceUnavailable503)
async def tenant_unit(request: Request) -> AsyncGenerator[TenantUnit]:
    """One transaction of the caller's company: commits when the route returns, rolls back when it raises.

    Declare the caller before it: `guest: Guest, unit: TenantUnitDep`. Raises MissingCompany400 for the platform's
    people who name no company: what they wrote would belong to nobody.
    """
    company_id = request.scope["caller"].company_id
    if company_id == NO_COMPANY:
        raise MissingCompany400
    async with kit_of(request).database.unit(company_id) as unit:
        yield unit


@documents(Conflict409, ServiceUnavailable503)
async def system_unit(request: Request) -> AsyncGenerator[SystemUnit]:
    """One transaction that sees every company: for platform routes and signed links, whose caller has none."""
    async with kit_of(request).database.system_unit() as unit:
        yield unit


TenantUnitDep = Annotated[TenantUnit, Depends(tenant_unit, scope="function")]
SystemUnitDep = Annotated[SystemUnit, Depends(system_unit, scope="function")]

"""Who may act for a company's staff: somebody of the company, or the platform's people when they name one."""

from typing import Annotated

from fastapi import Depends
from servicekit.auth.caller import NO_COMPANY, Caller
from servicekit.errors import MissingCompany400
from servicekit.http.openapi_notes import documents
from servicekit.routes.callers import Admin


@documents(MissingCompany400)
async def staff_of_company(caller: Admin) -> Caller:
    """The caller, unless a platform token names no company: what it did would belong to nobody."""
    if caller.company_id == NO_COMPANY:
        raise MissingCompany400
    return caller


Staff = Annotated[Caller, Depends(staff_of_company)]

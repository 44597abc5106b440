"""Whatever staff may change is recorded, in every service (rules.md 35)."""

from importlib import import_module

import pytest
from fastapi import APIRouter
from servicekit.roles.api import create_app
from servicekit.routes.audits import AuditSubject, is_audit
from servicekit.routes.callers import Admin
from servicekit.routes.openapi import api_routes, dependencies
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.settings import stand_in

from .test_rate_limits import READING, SERVICES, app_of


@pytest.mark.parametrize("service", SERVICES)
def test_every_change_by_staff_is_recorded(service: str) -> None:
    """A route without an audit keeps its service from starting (`create_app`), and is named here."""
    changes = {
        f"{', '.join(methods)} {route.path}": any(is_audit(part.call) for part in dependencies(route.dependant))
        for route in api_routes(app_of(service))
        if (methods := (route.methods or set()) - READING) and route.path.startswith("/api/admin/")
    }

    assert changes
    assert [route for route, is_recorded in changes.items() if not is_recorded] == []


def test_a_change_by_staff_without_an_audit_keeps_a_service_from_starting() -> None:
    """What somebody would see who forgot one."""
    service = import_module("cart.main").SERVICE
    router = APIRouter()

    @router.delete("/api/admin/everything", dependencies=[STAFF_CHANGES])
    async def forget_everything(staff: Admin) -> None:
        """No audit."""

    with pytest.raises(ValueError, match="/api/admin/everything: a route by which staff change something"):
        create_app(service, stand_in(service.settings), routers=[router])


def test_an_audit_that_nothing_records_keeps_a_service_from_starting() -> None:
    """A route that declares one and has neither OnceDep nor AuditDep."""
    service = import_module("cart.main").SERVICE
    router = APIRouter()
    everything = AuditSubject("everything")

    @router.delete("/api/admin/everything", dependencies=[STAFF_CHANGES, everything.audited("forgotten")])
    async def forget_everything(staff: Admin) -> None:
        """Nothing of it is recorded."""

    with pytest.raises(ValueError, match="/api/admin/everything: nothing records the audit"):
        create_app(service, stand_in(service.settings), routers=[router])

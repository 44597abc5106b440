"""The audit log of a company: every service's entries, for its admins alone."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from analytics.audits import service
from contracts.audit import AuditRecorded, FieldChange
from contracts.envelope import Envelope
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import mint_jwt
from servicekit.testing.settings import JWT_SECRET

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def recorded(company_id: UUID, *, at: datetime = NOON, actor: str = "staff-1", action: str = "tax_rate.changed",
             subject_id: str = "tax-1") -> Envelope[AuditRecorded]:  # fmt: skip
    """What a service published."""
    return Envelope[AuditRecorded](
        id=new_id(),
        source="/pricing",
        type=AuditRecorded.type,
        subject=new_id(),
        time=at,
        dataschema="",
        companyid=company_id,
        aggregateversion=1,
        data=AuditRecorded(
            service="pricing",
            actor=actor,
            roles=("admin",),
            action=action,
            subject_type=action.partition(".")[0],
            subject_id=subject_id,
            changes={"name": FieldChange(before="VAT", after="Sales tax")},
            request_id="req-1",
        ),
    )


async def keep(database: Database, *events: Envelope[AuditRecorded]) -> None:
    """Receive what was published."""
    for event in events:
        async with database.unit(event.companyid) as unit:
            await service.keep(unit, event)


def platform_token() -> str:
    """Somebody of the platform, who names no company."""
    claims = {"sub": "platform-1", "roles": ["platform"], "exp": int(time.time()) + 60}
    return jwt.encode(claims, JWT_SECRET, algorithm="HS256")


async def listed(
    client: httpx.AsyncClient, company_id: UUID | None, role: str = "admin", **query: str
) -> httpx.Response:
    """The answer to somebody of a company."""
    token = mint_jwt(company_id, "staff-1", roles=(role,)) if company_id else platform_token()
    return await client.get("/api/admin/audit", params=query, headers={"authorization": f"Bearer {token}"})


async def test_an_entry_is_shown_as_it_was_recorded(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """All of it; received twice it is there once."""
    event = recorded(company_id)
    await keep(database, event, event)

    answer = await listed(client, company_id)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "items": [
            {
                "id": str(event.subject),
                "at": "2026-01-31T12:00:00Z",
                "service": "pricing",
                "actor": "staff-1",
                "roles": ["admin"],
                "action": "tax_rate.changed",
                "subjectType": "tax_rate",
                "subjectId": "tax-1",
                "changes": {"name": {"before": "VAT", "after": "Sales tax"}},
                "requestId": "req-1",
            }
        ],
        "nextCursor": None,
    }


async def test_pages_are_complete_and_the_newest_come_first(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """Seven entries in pages of three."""
    events = [recorded(company_id) for _ in range(7)]
    await keep(database, *events)

    seen: list[str] = []
    page = (await listed(client, company_id, limit="3")).json()
    seen += [entry["id"] for entry in page["items"]]
    while page["nextCursor"]:
        page = (await listed(client, company_id, limit="3", cursor=page["nextCursor"])).json()
        seen += [entry["id"] for entry in page["items"]]

    assert seen == [str(event.subject) for event in reversed(events)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"actor": "staff-2"}, [1]),
        ({"action": "promotion.deleted"}, [2]),
        ({"subjectType": "promotion"}, [2]),
        ({"subjectId": "tax-9"}, [0]),
        ({"from": "2026-01-31T13:00:00Z"}, [3]),
        ({"to": "2026-01-31T12:00:00Z"}, []),
        ({"actor": "staff-2", "action": "promotion.deleted"}, []),
    ],
)
async def test_a_list_is_narrowed(
    client: httpx.AsyncClient, database: Database, company_id: UUID, query: dict[str, str], expected: list[int]
) -> None:
    """By who, what, to what, and when; several filters all hold."""
    events = [
        recorded(company_id, subject_id="tax-9"),
        recorded(company_id, actor="staff-2"),
        recorded(company_id, action="promotion.deleted"),
        recorded(company_id, at=NOON + timedelta(hours=1)),
    ]
    await keep(database, *events)

    found = (await listed(client, company_id, **query)).json()["items"]

    assert [entry["id"] for entry in found] == [str(events[index].subject) for index in expected]


async def test_another_companys_entries_are_not_shown(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """Nor to the platform's people who name none."""
    await keep(database, recorded(company_id))

    assert (await listed(client, uuid4())).json()["items"] == []
    assert (await listed(client, None, "platform")).json()["items"] == []


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 200), ("platform", 200), ("support", 403), ("viewer", 403), ("customer", 403)]
)
async def test_admins_alone_read_it(client: httpx.AsyncClient, company_id: UUID, role: str, status: int) -> None:
    """What colleagues did is not for everybody who may look at carts."""
    assert (await listed(client, company_id, role)).status_code == status


@pytest.mark.parametrize("query", [{"from": "1"}, {"to": "yesterday"}, {"cursor": "x"}, {"actor": "a\u0000"}])
async def test_what_cannot_be_a_filter(client: httpx.AsyncClient, company_id: UUID, query: dict[str, str]) -> None:
    """422, as everywhere."""
    assert (await listed(client, company_id, **query)).status_code == 422

"""Another company's ids are the same as absent, and nothing of it is read or changed (rules.md 34)."""

import httpx
import pytest
from recovery.main import create_app
from recovery.settings import RecoverySettings
from servicekit.ids import new_id
from servicekit.testing import mint_jwt

from ..scene import HOUR, SHOPPER, Scene

ROUTES_WITH_AN_ID = (
    ("GET", "/api/admin/recovery/campaigns/{campaign}"),
    ("PATCH", "/api/admin/recovery/campaigns/{campaign}"),
    ("DELETE", "/api/admin/recovery/campaigns/{campaign}"),
    ("DELETE", "/api/admin/recovery/suppressions/{suppression}"),
    ("POST", "/api/admin/carts/abandoned/{recovery}/send"),
    ("POST", "/api/admin/carts/abandoned/{recovery}/dismiss"),
    ("GET", "/api/admin/recovery/preview?recoveryId={recovery}"),
)
TABLES = ("campaigns", "campaign_steps", "recoveries", "recovery_messages", "suppressions", "contacts", "outbox")


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_AN_ID)
async def test_a_stranger_finds_nothing(scene: Scene, client: httpx.AsyncClient, method: str, path: str) -> None:
    """404 for ids that really exist, and the owner's rows stay as they are."""
    ids = await _ids(scene, client)
    before = await _rows(scene)
    stranger = {"authorization": f"Bearer {mint_jwt(new_id(), 'eve', roles=['admin'])}"}

    body = {"name": "Theirs"} if method == "PATCH" else None
    answer = await client.request(method, path.format(**ids), headers=stranger, json=body)

    assert answer.status_code == 404
    assert await _rows(scene) == before


@pytest.mark.parametrize("path", ["campaigns", "suppressions"])
async def test_a_strangers_lists_are_empty(scene: Scene, client: httpx.AsyncClient, path: str) -> None:
    """Lists show one's own."""
    await _ids(scene, client)
    stranger = {"authorization": f"Bearer {mint_jwt(new_id(), 'eve', roles=['admin'])}"}

    assert (await client.get(f"/api/admin/recovery/{path}", headers=stranger)).json()["items"] == []
    assert (await client.get("/api/admin/carts/abandoned", headers=stranger)).json()["items"] == []


def test_every_route_with_an_id_is_tried(settings: RecoverySettings) -> None:
    """A new route fails here until it is tried above; the routes of links carry a token, which names its company."""
    document = create_app(settings).openapi()
    tried = {(method, path.partition("?")[0]) for method, path in ROUTES_WITH_AN_ID}
    names = {"campaign_id": "campaign", "suppression_id": "suppression", "recovery_id": "recovery"}

    there = {
        (method.upper(), path.format(**{name: f"{{{short}}}" for name, short in names.items()}))
        for path, operations in document["paths"].items()
        for method in operations
        if path.startswith("/api/admin/") and not path.startswith("/api/admin/ops/") and "_id}" in path
    }

    assert there <= tried


async def test_one_person_is_two_recipients_in_two_companies(scene: Scene) -> None:
    """The hash of an address does not show that two companies have one person in common."""
    vault = scene.sending.writer.vault

    assert vault.recipient(SHOPPER, scene.company_id) != vault.recipient(SHOPPER, new_id())


async def _ids(scene: Scene, client: httpx.AsyncClient) -> dict[str, object]:
    """Ids that exist: a campaign, a suppression, a recovery with a mail."""
    owner = {"authorization": f"Bearer {mint_jwt(scene.company_id, 'ada', roles=['admin'])}"}
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    await scene.later(HOUR)
    suppressed = await client.post(
        "/api/admin/recovery/suppressions", json={"email": "bob@mail.example"}, headers=owner
    )
    campaigns = (await client.get("/api/admin/recovery/campaigns", headers=owner)).json()["items"]
    return {"campaign": campaigns[0]["id"], "suppression": suppressed.json()["id"], "recovery": cart.recovery_id}


async def _rows(scene: Scene) -> list[object]:
    rows = "SELECT jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text) FROM {} AS t WHERE company_id = $1"
    return [await scene.one(rows.format(name)) for name in TABLES]

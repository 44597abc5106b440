"""What staff do: campaigns, suppressions, abandoned carts, previews."""

from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from recovery.main import create_app
from servicekit.ids import new_id
from servicekit.process.flags import Flags
from servicekit.testing import client_of, mint_jwt

from ..scene import HOUR, SHOPPER, Scene

CAMPAIGNS = "/api/admin/recovery/campaigns"
SUPPRESSIONS = "/api/admin/recovery/suppressions"
QUEUE = "/api/admin/carts/abandoned"
PREVIEW = "/api/admin/recovery/preview"


def staff(company_id: UUID, role: str = "admin") -> dict[str, str]:
    """The header of a member of staff."""
    return {"authorization": f"Bearer {mint_jwt(company_id, 'ada', roles=[role])}"}


async def test_a_company_starts_with_three_steps(scene: Scene, client: httpx.AsyncClient) -> None:
    """The default campaign: 1 h, 24 h, 72 h, one mail a day (rules.md 27, 28)."""
    (campaign,) = (await client.get(CAMPAIGNS, headers=staff(scene.company_id))).json()["items"]

    assert [step["delaySeconds"] for step in campaign["steps"]] == [3600, 86_400, 259_200]
    assert (campaign["active"], campaign["dailyCapPerRecipient"], campaign["quietHours"]) == (True, 1, None)


async def test_a_change_of_the_campaign_moves_what_is_due(scene: Scene, client: httpx.AsyncClient) -> None:
    """Steps of a few seconds, own words, no cap: recoveries under way follow at once."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    campaign = (await client.get(CAMPAIGNS, headers=staff(scene.company_id))).json()["items"][0]
    change = {
        "dailyCapPerRecipient": None,
        "steps": [
            {"delaySeconds": 0, "texts": {"en": {"subject": "Still {shop}?", "intro": "Hello <you>."}}},
            {"delaySeconds": 5},
        ],
    }

    changed = await client.patch(f"{CAMPAIGNS}/{campaign['id']}", json=change, headers=staff(scene.company_id))
    (mail,) = await scene.sends()

    assert changed.status_code == 200
    assert changed.json()["name"] == campaign["name"]
    assert mail["Subject"] == "Still Mug & Co?"
    assert "Hello &lt;you&gt;." in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]  # it has one


async def test_a_company_has_one_campaign(scene: Scene, client: httpx.AsyncClient) -> None:
    """A second one is a conflict; after deleting, nothing is mailed until another is made."""
    admin = staff(scene.company_id)
    body = {"name": "Ours", "steps": [{"delaySeconds": 60}]}
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    campaign = (await client.get(CAMPAIGNS, headers=admin)).json()["items"][0]

    second = await client.post(CAMPAIGNS, json=body, headers=admin)
    deleted = await client.delete(f"{CAMPAIGNS}/{campaign['id']}", headers=admin)
    without = await scene.later(2 * HOUR)
    await scene.opens()
    made = await client.post(CAMPAIGNS, json=body, headers=admin)

    assert (second.status_code, deleted.status_code, made.status_code) == (409, 204, 201)
    assert without == []
    assert len(await scene.sends()) == 1


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("steps[0].delaySeconds", {"name": "x", "steps": [{"delaySeconds": -1}]}),
        ("steps", {"name": "x", "steps": []}),
        ("steps", {"name": "x"}),
        ("colour", {"name": "x", "steps": [{"delaySeconds": 1}], "colour": "red"}),
        ("dailyCapPerRecipient", {"name": "x", "steps": [{"delaySeconds": 1}], "dailyCapPerRecipient": 0}),
        (
            "quietHours.start",
            {"name": "x", "steps": [{"delaySeconds": 1}], "quietHours": {"start": "25:00", "end": "08:00"}},
        ),
    ],
)
async def test_a_campaign_that_does_not_fit_is_refused(
    scene: Scene, client: httpx.AsyncClient, field: str, body: dict[str, object]
) -> None:
    """422 names the field."""
    answer = await client.post(CAMPAIGNS, json=body, headers=staff(scene.company_id))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_staff_suppress_and_lift(scene: Scene, client: httpx.AsyncClient) -> None:
    """The address goes in and never comes out; it is recognised in any spelling."""
    admin = staff(scene.company_id)

    made = await client.post(SUPPRESSIONS, json={"email": SHOPPER}, headers=admin)
    again = await client.post(SUPPRESSIONS, json={"email": SHOPPER.upper()}, headers=admin)
    listed = await client.get(SUPPRESSIONS, headers=admin)
    lifted = await client.delete(f"{SUPPRESSIONS}/{made.json()['id']}", headers=admin)
    gone = await client.delete(f"{SUPPRESSIONS}/{made.json()['id']}", headers=admin)

    assert made.json() == again.json() == listed.json()["items"][0]
    assert SHOPPER not in listed.text
    assert (lifted.status_code, gone.status_code) == (204, 404)


async def test_the_list_pages_through_abandoned_carts(scene: Scene, client: httpx.AsyncClient) -> None:
    """The latest first, in pages, filtered; the mails stand beside their cart, without addresses."""
    admin = staff(scene.company_id)
    carts = [scene.cart(quantity) for quantity in (1, 2, 3)]
    await scene.gives(carts[0])
    for cart in carts:
        await scene.abandons(cart)
        scene.clock.advance(HOUR)
    await scene.sends()

    first = (await client.get(QUEUE, params={"limit": 2}, headers=admin)).json()
    rest = (await client.get(QUEUE, params={"limit": 2, "cursor": first["nextCursor"]}, headers=admin)).json()
    mailable = await client.get(QUEUE, params={"mailable": "true"}, headers=admin)
    dear = (await client.get(QUEUE, params={"minTotal": 3000}, headers=admin)).json()

    assert [item["cartId"] for item in first["items"] + rest["items"]] == [str(cart.id) for cart in reversed(carts)]
    assert rest["nextCursor"] is None
    assert [mail["status"] for mail in mailable.json()["items"][0]["mails"]] == ["SENT"]
    assert SHOPPER not in mailable.text
    assert [item["cartId"] for item in dear["items"]] == [str(carts[2].id)]


async def test_send_now_sends_the_next_step_once(scene: Scene, client: httpx.AsyncClient) -> None:
    """Pressed twice it is one mail; the cap still holds for the step after it."""
    admin = staff(scene.company_id)
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)

    pressed = [await client.post(f"{QUEUE}/{cart.recovery_id}/send", headers=admin) for _ in range(2)]
    first = len(await scene.sends())
    await client.post(f"{QUEUE}/{cart.recovery_id}/send", headers=admin)
    second = len(await scene.sends())

    assert [answer.status_code for answer in pressed] == [202, 202]
    assert (first, second) == (1, 1)


async def test_send_now_says_why_it_cannot(scene: Scene, client: httpx.AsyncClient) -> None:
    """No address, and a dismissed recovery."""
    admin = staff(scene.company_id)
    cart = scene.cart()
    await scene.abandons(cart)

    nobody = await client.post(f"{QUEUE}/{cart.recovery_id}/send", headers=admin)
    dismissed = await client.post(f"{QUEUE}/{cart.recovery_id}/dismiss", headers=admin)
    ended = await client.post(f"{QUEUE}/{cart.recovery_id}/send", headers=admin)

    assert (nobody.status_code, nobody.json()["detail"]) == (409, "There is no address that may be written to.")
    assert dismissed.json()["stopReason"] == "dismissed"
    assert (ended.status_code, ended.json()["detail"]) == (409, "This recovery has ended.")


async def test_a_preview_shows_the_mail_and_sends_nothing(scene: Scene, client: httpx.AsyncClient) -> None:
    """In any language there is, about a real cart or a sample one; its links are signed for nothing."""
    cart = scene.cart()
    await scene.abandons(cart)
    admin = staff(scene.company_id)

    sample = (await client.get(PREVIEW, params={"locale": "de"}, headers=admin)).json()
    real = (await client.get(PREVIEW, params={"step": 2, "recoveryId": str(cart.recovery_id)}, headers=admin)).json()
    link = sample["text"].split("/r/")[1].split()[0]

    assert sample["subject"] == "Ihr Warenkorb bei Mug & Co wartet"
    assert "Stoneware &lt;mug&gt;" in real["html"]
    assert (await client.get(f"/api/cart/recovery/{link}")).json()["code"] == "RECOVERY_TOKEN_INVALID"
    assert scene.mails() == []


async def test_a_viewer_reads_and_does_not_write(scene: Scene, client: httpx.AsyncClient) -> None:
    """Roles (api.md, "Auth"): 401 without a credential, 403 for a viewer's write."""
    viewer = staff(scene.company_id, "viewer")

    assert (await client.get(QUEUE)).status_code == 401
    assert (await client.get(QUEUE, headers=viewer)).status_code == 200
    assert (await client.post(SUPPRESSIONS, json={"email": SHOPPER}, headers=viewer)).status_code == 403


async def test_a_repeated_call_answers_the_first_one(scene: Scene, client: httpx.AsyncClient) -> None:
    """Idempotency-Key (rules.md 10)."""
    headers = staff(scene.company_id) | {"idempotency-key": str(new_id())}
    answers = [await client.post(SUPPRESSIONS, json={"email": SHOPPER}, headers=headers) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"


async def test_switched_off_recovery_sends_and_lists_nothing(scene: Scene, client: httpx.AsyncClient) -> None:
    """Reads answer enabled: false, writes FEATURE_DISABLED, mails wait; links and unsubscribing still work."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    off = scene.settings.model_copy(update={"cart_recovery_enabled": False})
    admin = staff(scene.company_id)

    sending = replace(scene.sending, flags=Flags(off))
    scene.clock.advance(HOUR)
    await sending.run(company_id=scene.company_id)
    async with client_of(create_app(off, scene.clock)) as switched_off:
        listed = (await switched_off.get(QUEUE, headers=admin)).json()
        pressed = await switched_off.post(f"{QUEUE}/{cart.recovery_id}/send", headers=admin)

    assert scene.mails() == []
    assert listed == {"items": [], "nextCursor": None, "enabled": False}
    assert (pressed.status_code, pressed.json()["code"]) == (403, "FEATURE_DISABLED")
    assert len(await scene.later(HOUR)) == 1

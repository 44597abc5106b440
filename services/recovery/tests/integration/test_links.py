"""Following the link of a mail: looking changes nothing, pressing the button brings the cart back (rules.md 29)."""

import re
from datetime import timedelta

import httpx
import pytest
from contracts.recovery import RecoveryLinkClicked
from recovery.links.domain.tokens import KeyRing, Purpose

from ..cart_model import Cart
from ..mails import link_of, token_of, unsubscribe_token_of
from ..scene import HOUR, Scene

BROWSER = {"accept": "text/html,application/xhtml+xml"}


async def test_the_link_leads_to_a_page_with_the_cart(scene: Scene, client: httpx.AsyncClient) -> None:
    """The short link redirects to a page that names what waits, escaped, and runs only its own script."""
    _, token = await _mailed(scene)

    redirect = await client.get(f"/r/{token}")
    page = await client.get(redirect.headers["location"])

    assert (redirect.status_code, page.status_code) == (302, 200)
    assert "Stoneware &lt;mug&gt;" in page.text
    assert "€25.00" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'nonce-(\S+)'", policy)[1] in page.text  # type: ignore[index]  # fails if absent
    assert page.headers["cache-control"] == "no-store"


async def test_validating_says_what_waits_and_until_when(scene: Scene, client: httpx.AsyncClient) -> None:
    """The shape of api.md, "Recovery token"."""
    cart, token = await _mailed(scene)

    answer = (await client.get(f"/api/cart/recovery/{token}")).json()

    assert answer["valid"] is True
    assert answer["expiresAt"] == "2026-01-08T13:00:00Z"
    assert answer["cart"] | {"items": None} == {"itemCount": 2, "total": 2500, "currency": "EUR", "items": None}
    assert [item["lineId"] for item in answer["cart"]["items"]] == [str(line.line_id) for line in cart.lines]


async def test_a_thousand_scanners_change_nothing(scene: Scene, client: httpx.AsyncClient) -> None:
    """Link scanners follow every link of a mail, again and again."""
    _, token = await _mailed(scene)
    before = await _everything(scene)

    for _ in range(250):
        for path in ("/r/", "/api/recovery/open/", "/api/cart/recovery/", "/api/recovery/unsubscribe/"):
            await client.get(path + token)

    assert await _everything(scene) == before


async def test_a_click_counts_once_a_mail(scene: Scene, client: httpx.AsyncClient) -> None:
    """The page may be opened often, on several days; RecoveryLinkClicked goes out once."""
    _, token = await _mailed(scene)

    for _ in range(3):
        assert (await client.post(f"/api/cart/recovery/{token}/click")).status_code == 204
        scene.clock.advance(12 * HOUR)

    assert [event.step for event in await scene.published(RecoveryLinkClicked)] == [1]
    assert await scene.one("SELECT count(*) FROM recovery_clicks WHERE company_id = $1") == 2


async def test_restoring_again_has_the_same_effect(scene: Scene, client: httpx.AsyncClient) -> None:
    """The cart service is called with one abandonment both times, and each answer has a session of its own."""
    cart, token = await _mailed(scene)
    abandonment = cart.abandonment_id

    answers = [(await client.post(f"/api/cart/recovery/{token}/restore")).json() for _ in range(2)]

    assert [answer["cart"]["id"] for answer in answers] == [str(cart.id)] * 2
    assert all(len(answer["sessionToken"]) == 64 and answer["changes"] == [] for answer in answers)
    assert [pair for pair in scene.carts.restored if pair[0] == cart.id] == [(cart.id, abandonment)] * 2
    assert len(await scene.published(RecoveryLinkClicked)) == 1


async def test_a_browser_is_shown_what_has_changed(scene: Scene, client: httpx.AsyncClient) -> None:
    """The form's answer is a page in the shopper's language, with the way to the shop; the fragment has the session."""
    cart, token = await _mailed(scene, locale="de-DE")
    line = str(cart.lines[0].line_id)
    scene.carts.changes[cart.id] = [
        {"itemId": line, "kind": "price", "from": 1250, "to": 1475},
        {"itemId": line, "kind": "quantity", "from": 2, "to": 1},
    ]

    page = await client.post(f"/api/cart/recovery/{token}/restore", headers=BROWSER)

    assert "Stoneware &lt;mug&gt;: Der Preis war 12,50\xa0€ und ist jetzt 14,75\xa0€." in page.text
    assert "Die Menge war 2 und ist jetzt 1." in page.text
    assert re.search(r'href="http://shop\.example/cart#cart-session=[0-9a-f]{64}"', page.text)


@pytest.mark.parametrize(
    ("status", "code"), [(409, "CART_CONVERTED"), (410, "CART_EXPIRED"), (404, "CART_NOT_FOUND"), (409, "CART_MERGED")]
)
async def test_what_cart_refuses_is_refused(scene: Scene, client: httpx.AsyncClient, status: int, code: str) -> None:
    """A cart that is final stays so, for API clients and browsers alike, and nothing counts as restored."""
    cart, token = await _mailed(scene)
    scene.carts.refusals[cart.id] = (status, code)

    answer = await client.post(f"/api/cart/recovery/{token}/restore")
    page = await client.post(f"/api/cart/recovery/{token}/restore", headers=BROWSER)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert await scene.one("SELECT restored_at FROM recoveries WHERE company_id = $1") is None


async def test_restoring_while_cart_is_away_is_503(scene: Scene, client: httpx.AsyncClient) -> None:
    """Nothing is lost: the link works again when cart is back."""
    _, token = await _mailed(scene)
    scene.carts.away = True
    try:
        away = await client.post(f"/api/cart/recovery/{token}/restore")
        page = await client.post(f"/api/cart/recovery/{token}/restore", headers=BROWSER)
    finally:
        scene.carts.away = False

    assert (away.status_code, away.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert (page.status_code, "Nothing is lost" in page.text) == (503, True)


async def test_an_expired_link_says_so(scene: Scene, client: httpx.AsyncClient) -> None:
    """After 72 hours: 410 to clients, a page to people."""
    _, token = await _mailed(scene)
    scene.clock.advance(timedelta(hours=72))

    answer = await client.get(f"/api/cart/recovery/{token}")
    page = await client.get(f"/api/recovery/open/{token}")

    assert (answer.status_code, answer.json()["code"]) == (410, "RECOVERY_TOKEN_EXPIRED")
    assert (page.status_code, "This link has expired" in page.text) == (410, True)


async def test_only_invalid_tokens_are_limited(scene: Scene, client: httpx.AsyncClient) -> None:
    """Ten guesses an hour from one address, on whatever route; a good link goes on working for that address."""
    _, token = await _mailed(scene)

    guesses = [(await client.get(f"/api/cart/recovery/{token[:-3]}{n}zz")).status_code for n in "0123456789"]
    eleventh = await client.post("/api/recovery/unsubscribe/nonsense")
    good = await client.get(f"/api/cart/recovery/{token}")

    assert set(guesses) == {400}
    assert (eleventh.status_code, "retry-after" in eleventh.headers) == (429, True)
    assert good.status_code == 200


async def test_links_survive_a_rotation_of_their_key(scene: Scene) -> None:
    """A new key signs first; the old one still verifies what is out (rules.md 29)."""
    _, token = await _mailed(scene)
    old = scene.settings.cart_recovery_hmac_secret.get_secret_value()
    rotated = KeyRing.parse(f"second:{'another secret of the tests that is longer'},{old}")

    payload = rotated.verify(token, Purpose.RESTORE, scene.clock.now())

    assert rotated.sign(payload).startswith("v1.second.")


async def test_a_token_for_unsubscribing_does_not_restore(scene: Scene, client: httpx.AsyncClient) -> None:
    """Each token does one thing: the address in List-Unsubscribe brings no cart back."""
    await _mailed(scene)
    token = unsubscribe_token_of(scene.mails()[0])

    answer = await client.post(f"/api/cart/recovery/{token}/restore")

    assert (answer.status_code, answer.json()["code"]) == (400, "RECOVERY_TOKEN_INVALID")


async def _mailed(scene: Scene, locale: str | None = None) -> tuple[Cart, str]:
    """A cart whose first mail has been sent, and the token of the link in it."""
    cart = scene.cart()
    await scene.gives(cart, locale=locale)
    await scene.abandons(cart)
    (mail,) = await scene.later(HOUR)
    assert link_of(mail).startswith("http://shop.example/r/v1.first.")
    return cart, token_of(mail)


async def _everything(scene: Scene) -> list[object]:
    """Every row of this company, in every table that a link could touch."""
    tables = ("recoveries", "recovery_messages", "recovery_clicks", "suppressions", "contacts", "outbox")
    return [
        await scene.one(
            f"SELECT jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text) FROM {name} AS t WHERE company_id = $1"
        )
        for name in tables
    ]

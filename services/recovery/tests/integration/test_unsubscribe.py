"""Unsubscribing by one click (rules.md 30, RFC 8058)."""

import httpx
from contracts.recovery import RecipientSuppressed

from ..mails import unsubscribe_token_of
from ..scene import HOUR, Scene

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def test_every_mail_can_be_unsubscribed_from(scene: Scene) -> None:
    """Both headers of RFC 8058 §3.1 and a visible link in both parts, leading to the gateway."""
    (mail,) = await _mailed(scene)

    url = str(mail["List-Unsubscribe"]).strip("<>")

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url.startswith("http://shop.example/api/recovery/unsubscribe/v1.")
    assert all(url in mail.get_body((kind,)).get_content() for kind in ("plain", "html"))


async def test_one_click_stops_every_mail_at_once(scene: Scene, client: httpx.AsyncClient) -> None:
    """The mail provider posts for the shopper: no cookie, no page; carts waiting and carts to come stay unmailed."""
    (mail,) = await _mailed(scene)
    token = unsubscribe_token_of(mail)

    answers = [await client.post(f"/api/recovery/unsubscribe/{token}", data=ONE_CLICK) for _ in range(2)]
    later = scene.cart()
    await scene.gives(later)
    await scene.abandons(later)

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"unsubscribed": True})] * 2
    assert len(await scene.later(100 * HOUR)) == 1
    assert [event.reason for event in await scene.published(RecipientSuppressed)] == ["unsubscribed"]


async def test_the_page_asks_before_it_acts(scene: Scene, client: httpx.AsyncClient) -> None:
    """GET shows a form in the shopper's language and changes nothing; its button unsubscribes and shows so."""
    (mail,) = await _mailed(scene, locale="ar")
    token = unsubscribe_token_of(mail)

    form = await client.get(f"/api/recovery/unsubscribe/{token}")
    before = await scene.one("SELECT count(*) FROM suppressions WHERE company_id = $1")
    done = await client.post(f"/api/recovery/unsubscribe/{token}", data=ONE_CLICK, headers={"accept": "text/html"})

    assert '<html lang="ar" dir="rtl">' in form.text
    assert before == 0
    assert "تم إلغاء اشتراكك" in done.text
    assert await scene.one("SELECT count(*) FROM suppressions WHERE company_id = $1") == 1


async def test_an_unsubscribe_link_never_expires(scene: Scene, client: httpx.AsyncClient) -> None:
    """A mail found years later can still be unsubscribed from."""
    (mail,) = await _mailed(scene)
    scene.clock.advance(5000 * 24 * HOUR)

    answer = await client.post(f"/api/recovery/unsubscribe/{unsubscribe_token_of(mail)}", data=ONE_CLICK)

    assert answer.status_code == 200


async def _mailed(scene: Scene, locale: str | None = None) -> list:  # type: ignore[type-arg]  # of mails
    cart = scene.cart()
    await scene.gives(cart, locale=locale)
    await scene.abandons(cart)
    return await scene.later(HOUR)

"""An abandoned cart, the mail about it, and the way back from the mail to an order (rules.md 27 to 31)."""

import re
from collections.abc import AsyncIterator, Sequence

import pytest
from cartwheel_client.models.recovery import AbandonedView
from servicekit.testing.polling import poll

from .dump import at_rest, dump
from .mailbox import Mail, Mailbox
from .shop import Shop, open_shop
from .shopper import Guest, contents
from .stack import Stack
from .visitor import Visitor, fine

BROWSER = {"accept": "text/html,application/xhtml+xml"}
SCANNERS = 20


@pytest.fixture
async def forgetful(stack: Stack) -> AsyncIterator[Shop]:
    """A shop whose carts count as abandoned after a second, and that then writes at once."""
    async with open_shop(stack, abandonmentSeconds=1) as shop:
        await shop.merchant.remind(0, daily_cap=None)
        yield shop


@pytest.fixture
def mailbox(stack: Stack) -> Mailbox:
    """The shoppers' inboxes."""
    return Mailbox(stack.env["MAILBOX_URL"])


async def walks_away(shop: Shop, name: str) -> Guest:
    """A guest who fills a cart, leaves an address and is gone."""
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug", 2)
    await guest.leaves(shop.address(name))
    return guest


async def queue(shop: Shop) -> Sequence[AbandonedView]:
    """What the shop's staff sees of its abandoned carts, newest first."""
    return (await shop.staff.recovery.list_abandoned()).items


async def recovery_of(shop: Shop, guest: Guest) -> AbandonedView:
    """The queue's entry of a cart, once it is there."""
    entries = await poll(lambda: queue(shop), lambda found: any(entry.cart_id == guest.cart_id for entry in found))
    return next(entry for entry in entries if entry.cart_id == guest.cart_id)


def form_of(page: str) -> str:
    """Where the page's button posts to."""
    found = re.search(r'<form[^>]*action="([^"]+)"', page)
    assert found, page
    return found[1]


async def test_a_left_cart_comes_back_by_the_link_in_the_mail_and_is_bought(forgetful: Shop, mailbox: Mailbox) -> None:
    """Abandoned, mailed once, opened, restored on another device, ordered: analytics counts it as recovered."""
    guest = await walks_away(forgetful, "ann")
    mail = await mailbox.first_of(forgetful.address("ann"))
    assert "Mug" in mail.html
    assert "Mug" in mail.text
    assert mail.link in mail.text

    phone = forgetful.visitor()
    page = await opens(phone, mail)
    fine(await phone.send("POST", f"/api/cart/recovery/{mail.token}/click"))
    restored = await phone.send("POST", form_of(page), headers=BROWSER)
    session = re.search(r"#cart-session=([0-9a-f]{64})", restored.text)
    assert session, restored.text
    cart = await forgetful.guest().cartwheel.guest(session[1]).read()
    assert (cart.id, cart.status, contents(cart)) == (guest.cart_id, "ACTIVE", {"MUG": 2})
    await forgetful.orders(guest.cart_id, "order-from-a-mail")

    overview = await poll(forgetful.overview, lambda seen: seen.carts.recovered == 1)
    assert overview.recovered_revenue == overview.revenue == cart.totals.total == 2500
    assert (overview.carts.abandoned, overview.carts.converted) == (1, 1)
    entry = await recovery_of(forgetful, guest)
    assert (entry.attribution, [sent.status for sent in entry.mails]) == ("recovered", ["SENT"])
    assert len(await mailbox.of(forgetful.address("ann"))) == 1


async def opens(visitor: Visitor, mail: Mail) -> str:
    """Follow the link of a mail to its page."""
    short = await visitor.send("GET", mail.link, headers=BROWSER)
    assert short.status_code == 302
    page = await visitor.send("GET", short.headers["location"], headers=BROWSER)
    assert page.status_code == 200
    return str(page.text)


async def test_scanners_that_follow_every_link_change_nothing(forgetful: Shop, mailbox: Mailbox) -> None:
    """Mail gateways open what they find: no GET restores, counts a click or unsubscribes (rules.md 29, 30)."""
    guest = await walks_away(forgetful, "bea")
    mail = await mailbox.first_of(forgetful.address("bea"))
    await poll(lambda: recovery_of(forgetful, guest), lambda entry: entry.mails[0].status == "SENT")
    before = await at_rest(forgetful.stack, forgetful.company_id)

    scanner = forgetful.visitor()
    for _ in range(SCANNERS):
        await opens(scanner, mail)
        assert (await scanner.send("GET", f"/api/cart/recovery/{mail.token}")).json()["valid"] is True
        assert (await scanner.send("GET", mail.one_click, headers=BROWSER)).status_code == 200

    assert await dump(forgetful.stack, forgetful.company_id) == before
    assert (await guest.looks()).status == "ABANDONED"


async def test_one_click_unsubscribes_and_no_mail_follows(forgetful: Shop, mailbox: Mailbox) -> None:
    """The mail program's POST is enough (RFC 8058 §3.2); the next abandoned cart of that address stays unmailed."""
    await walks_away(forgetful, "cem")
    mail = await mailbox.first_of(forgetful.address("cem"))
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    answer = await forgetful.visitor().send("POST", mail.one_click)
    assert answer.json() == {"unsubscribed": True}
    second = await walks_away(forgetful, "Cem")

    entry = await poll(lambda: recovery_of(forgetful, second), lambda seen: seen.status != "OPEN" or not seen.mailable)
    assert entry.mails == []
    assert not entry.mailable
    assert len(await mailbox.of(forgetful.address("cem"))) == 1
    assert await mailbox.of(forgetful.address("Cem")) == []


async def test_without_consent_there_is_no_mail(forgetful: Shop, mailbox: Mailbox) -> None:
    """An address that was left without consent is never written to (rules.md 28)."""
    guest = forgetful.guest()
    await guest.opens_a_cart()
    await guest.adds("bowl")
    await guest.leaves(forgetful.address("dan"), consent=False)

    entry = await recovery_of(forgetful, guest)

    assert not entry.mailable
    assert await mailbox.of(forgetful.address("dan")) == []

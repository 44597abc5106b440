"""What a shopper does with a recovery mail: follows the link in its body, page by page, or has enough of mails."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

from cartwheel_local.demo.errors import Surprised
from cartwheel_local.demo.post import Mail, button, form, last_link
from cartwheel_local.demo.shopper import Shopper

_AS_BROWSER: Final = {"accept": "text/html"}
_SESSION: Final = "cart-session"


async def open_link(shopper: Shopper, mail: Mail) -> dict[str, str]:
    """Open the page behind the mail's button, as a browser would with its script; the page's form is the answer.

    Opening changes nothing; the click counts because the page posts it (rules.md 29).
    """
    redirect = await shopper.browser.ask("GET", button(mail.html), headers=_AS_BROWSER)
    page = await shopper.browser.ask("GET", redirect.headers["location"], headers=_AS_BROWSER)
    found = form(page.text)
    await shopper.browser.ask("POST", found["data-click"])
    shopper.cart.clicked = True
    shopper.world.ledger.clicks += 1
    return found


async def restore(shopper: Shopper, mail: Mail) -> None:
    """Bring the cart back by the page's button, and go on in the shop with the session that the way there carries."""
    found = await open_link(shopper, mail)
    await shopper.think()
    page = await shopper.browser.ask("POST", found["action"], headers=_AS_BROWSER)
    shopper.cart.restored = True
    session = parse_qs(urlsplit(button(page.text)).fragment).get(_SESSION)
    if not session:
        raise Surprised("the page of a restored cart leads to the shop without a session")
    await shopper.return_with(session[0])


async def unsubscribe_by_page(shopper: Shopper, mail: Mail) -> None:
    """Follow the last link of the mail and press the button there."""
    page = await shopper.browser.ask("GET", last_link(mail.html), headers=_AS_BROWSER)
    await shopper.browser.ask("POST", form(page.text)["action"], headers=_AS_BROWSER)


async def unsubscribe_by_header(shopper: Shopper, mail: Mail) -> None:
    """Let the mail program do it (RFC 8058 §3.2)."""
    if mail.headers.get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        raise Surprised("a mail cannot be unsubscribed with one click")
    await shopper.browser.ask("POST", mail.headers["List-Unsubscribe"].strip("<>"))

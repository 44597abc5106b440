"""What a shopper does with a recovery mail: follows the link in its body, page by page, or has enough of mails."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

from simulator.demo.browser import ANYTHING
from simulator.demo.errors import WrongAnswer
from simulator.demo.pages import button, form, last_link
from simulator.demo.sent_mails import Mail
from simulator.demo.shopper import Shopper

_SESSION: Final = "cart-session"


async def open_link(shopper: Shopper, mail: Mail) -> dict[str, str]:
    """Open the page behind the mail's button, as a browser would with its script; the page's form is returned.

    Opening changes nothing; the click counts because the page posts it (rules.md 29).
    """
    redirect = await shopper.browser.open("GET", button(mail.html))
    page = await shopper.browser.open("GET", redirect.headers["location"])
    found = form(page.text)
    await shopper.browser.open("POST", found["data-click"], accept=ANYTHING)
    shopper.note.clicked = True
    shopper.stack.ledger.clicks += 1
    return found


async def restore(shopper: Shopper, mail: Mail) -> None:
    """Bring the cart back by the page's button, and go on in the shop with the session that the way there carries."""
    found = await open_link(shopper, mail)
    await shopper.think()
    page = await shopper.browser.open("POST", found["action"])
    shopper.note.restored = True
    session = parse_qs(urlsplit(button(page.text)).fragment).get(_SESSION)
    if not session:
        raise WrongAnswer("the page of a restored cart leads to the shop without a session")
    await shopper.return_with(session[0])


async def unsubscribe_by_page(shopper: Shopper, mail: Mail) -> None:
    """Follow the last link of the mail and press the button there."""
    page = await shopper.browser.open("GET", last_link(mail.html))
    await shopper.browser.open("POST", form(page.text)["action"])


async def unsubscribe_by_header(shopper: Shopper, mail: Mail) -> None:
    """Let the mail program do it (RFC 8058 §3.2)."""
    if mail.headers.get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        raise WrongAnswer("a mail cannot be unsubscribed with one click")
    await shopper.browser.open("POST", mail.headers["List-Unsubscribe"].strip("<>"), accept=ANYTHING)

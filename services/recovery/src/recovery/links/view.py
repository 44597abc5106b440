"""The pages that links of mails open: small, accessible, working without scripts.

A GET changes nothing; the page with a cart, seen by a person, posts a click by its script.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from contracts.cart_calls import CartRestored, RestoreChange
from servicekit.errors import RateLimited429, Responses, ServiceError, ServiceUnavailable503, problems
from servicekit.languages.sentences import Sentences
from starlette.requests import Request
from starlette.responses import HTMLResponse

from recovery.errors import RecoveryTokenExpired410, RecoveryTokenInvalid400
from recovery.links.domain.links import OpenedLink
from recovery.mail.view.amounts import format_amount
from recovery.mail.view.content import CartContents
from recovery.mail.view.languages import Language, language
from recovery.mail.view.rendering import render

_REFUSALS: dict[type[ServiceError], str] = {
    RecoveryTokenInvalid400: "invalid",
    RecoveryTokenExpired410: "expired",
    RateLimited429: "busy",
    ServiceUnavailable503: "away",
}
_SENTENCES = Sentences.of("recovery")
_CHANGES = {
    "price": "changePrice",
    "quantity": "changeQuantity",
    "unavailable": "changeUnavailable",
}
HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}


def is_wanted(request: Request) -> bool:
    """Whether a browser sent the request: it accepts text/html, which API clients and mail providers do not name."""
    return "text/html" in request.headers.get("accept", "")


def documented(*errors: type[ServiceError], success: str | None = None) -> Responses:
    """The `responses=` of a route that answers browsers with pages, refusals included."""
    responses = problems(*errors)
    for response in responses.values():
        response["content"] = {**response["content"], **HTML}
    if success:
        responses[200] = {"description": success, "content": HTML}
    return responses


def open_page(request: Request, opened: OpenedLink, token: str) -> HTMLResponse:
    """Show what is in the cart, and a button that restores it; a script posts the click once a person sees the page."""
    words = _language(request, opened)
    recovery, site = opened.recovery, opened.site
    contents = CartContents(recovery.currency, recovery.total, recovery.lines)
    view = {
        "language": words,
        "shop": site.company_name,
        "items": contents.items(words, site.portal_url),
        "total": contents.total_text(words),
        "restore_action": f"/api/cart/recovery/{token}/restore",
        "click_action": f"/api/cart/recovery/{token}/click",
    }
    return _page("page_open.html", view)


def restored_page(request: Request, opened: OpenedLink, restored: CartRestored) -> HTMLResponse:
    """Show that the cart is back, what has changed, and the way to the shop.

    The visitor's own session token goes along in the fragment `#cart-session=`, which browsers send to no server.
    """
    words = _language(request, opened)
    site = opened.site
    fragment = f"#cart-session={restored.session_token}" if restored.session_token else ""
    view = {
        "language": words,
        "shop": site.company_name,
        "changes": [_change(change, opened, words) for change in restored.changes],
        "shop_url": f"{site.portal_url.rstrip('/')}/cart{fragment}",
    }
    return _page("page_restored.html", view)


def unsubscribe_page(request: Request, opened: OpenedLink, token: str) -> HTMLResponse:
    """Show a question and a button; nothing happens before the button is pressed."""
    view = {
        "language": _language(request, opened),
        "shop": opened.site.company_name,
        "action": f"/api/recovery/unsubscribe/{token}",
    }
    return _page("page_unsubscribe.html", view)


def unsubscribed_page(request: Request, opened: OpenedLink) -> HTMLResponse:
    """Show that no more mails will come."""
    words, shop = _language(request, opened), opened.site.company_name
    return _message(words, words.text("unsubscribedTitle"), words.text("unsubscribedIntro", shop=shop), 200)


def refusal_page(request: Request, refusal: ServiceError) -> HTMLResponse:
    """An error as a page, with the status of its problem document."""
    words = language(*_accepted(request))
    name = next((name for kind, name in _REFUSALS.items() if isinstance(refusal, kind)), None)
    title = words.text(f"{name}Title") if name else words.text("goneTitle")
    text = words.text(f"{name}Intro") if name else _SENTENCES.text(words.code, refusal.sentence, refusal.extra)
    return _message(words, title, text, refusal.status, refusal.headers)


def _change(change: RestoreChange, opened: OpenedLink, words: Language) -> str:
    titles = {line.line_id: line.title for line in opened.recovery.lines}
    values: dict[str, object] = {"from": change.from_, "to": change.to}
    if change.kind == "price":
        currency = opened.recovery.currency
        values = {name: format_amount(int(str(value or 0)), currency, words.locale) for name, value in values.items()}
    title = titles.get(change.item_id) or words.text("someItem")
    return words.text(_CHANGES[change.kind], title=title, **values)


def _language(request: Request, opened: OpenedLink) -> Language:
    """The language the shopper chose, else the browser's, else the site's."""
    return language(opened.locale, *_accepted(request), opened.site.locale)


def _accepted(request: Request) -> list[str]:
    """The languages of Accept-Language in the order written; weights hardly ever disagree with it."""
    header = request.headers.get("accept-language", "")
    return [part.partition(";")[0].strip() for part in header.split(",")[:10]]


def _message(
    words: Language, title: str, text: str, status: int, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    return _page("page_message.html", {"language": words, "title": title, "text": text}, status, headers)


def _page(
    template: str, view: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Render under a policy that runs nothing but the page's own script and style, named by a nonce."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src http: https: data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    page_headers = {"Content-Security-Policy": policy, "X-Robots-Tag": "noindex, nofollow"}
    return HTMLResponse(render(template, {**view, "nonce": nonce}), status, {**(headers or {}), **page_headers})

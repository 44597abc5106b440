"""What a change of a cart is answered with, and how a refusal is kept as an answer (rules.md 10)."""

from quote import Quote
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer, to_json
from servicekit.http.etags import etag
from servicekit.http.idempotency_key import IdempotencyKey
from servicekit.languages.sentences import content_language

from cart.carts.domain.cart import Cart
from cart.carts.domain.records import Updated
from cart.carts.persistence import carts
from cart.carts.view import cart_view


def answer_view(view: object, version: int, status: int = 200) -> Answer:
    """A cart as it is shown, with its version as ETag; written as JSON once, because it may be stored as well."""
    return Answer(status, to_json(view), {"ETag": etag(version), **content_language()})


def answer_change(cart: Cart, quote: Quote, done: Updated) -> Answer:
    """The whole cart after a change: 201 when a line was made, else 200 (api.md, "Shapes")."""
    return answer_view(cart_view(cart, quote, cart.updated_at), cart.version, 201 if done.made_line else 200)


async def keep_refusal(unit: TenantUnit, key: IdempotencyKey, answer: Answer) -> None:
    """Store the answer of a change that was refused, so that the same key is refused the same way."""
    await carts.keep_answer(unit, key.seal(answer))

"""What a change of a cart is answered with, and how that is kept under an idempotency key (rules.md 10)."""

from dataclasses import dataclass

from quote import Quote
from servicekit.errors import PROBLEM_JSON
from servicekit.http.answers import Json, to_json
from servicekit.http.etags import etag
from servicekit.routes.idempotency import Answer, Fingerprint, replay, seal
from servicekit.sealing import Sealer
from starlette.responses import Response

from cart.carts.domain.cart import Cart
from cart.carts.domain.changes import Updated
from cart.carts.persistence.carts import StoredAnswer
from cart.carts.view import cart_view


def answer_view(view: object, version: int, status: int = 200) -> Answer:
    """A cart as it is shown, with its version as ETag; written as JSON once, because it may be stored as well."""
    return Answer(status, to_json(view), {"ETag": etag(version)})


def answer_change(cart: Cart, quote: Quote, done: Updated) -> Answer:
    """The whole cart after a change: 201 when a line was made, else 200 (api.md, "Shapes")."""
    return answer_view(cart_view(cart, quote, cart.updated_at), cart.version, 201 if done.made_line else 200)


def respond(answer: Answer) -> Response:
    """The answer over HTTP."""
    return Json(answer.content, answer.status, answer.headers)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request's idempotency key, with what seals the answers that are stored under it."""

    sealer: Sealer
    fingerprint: Fingerprint

    @property
    def identity(self) -> str:
        """Whose key it is."""
        return self.fingerprint.identity

    @property
    def key(self) -> str:
        """The key as it was sent."""
        return self.fingerprint.key

    def seal(self, answer: Answer) -> StoredAnswer:
        """The answer as it is stored."""
        return self.seal_response(respond(answer))

    def seal_response(self, response: Response) -> StoredAnswer:
        """Any answer, a refusal too, as it is stored."""
        sealed = seal(self.sealer, self.fingerprint, response)
        return StoredAnswer(self.identity, self.key, self.fingerprint.request_hash, response.status_code, sealed)

    def replay(self, stored: StoredAnswer) -> Answer:
        """The first call's answer; raises IdempotencyKeyReused422 for another request under the key."""
        record = {"request_hash": stored.request_hash, "status": stored.status, "answer": stored.sealed}
        response = replay(self.sealer, self.fingerprint, record)
        kind = {"content-type": PROBLEM_JSON} if response.media_type == PROBLEM_JSON else {}
        kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        return Answer(response.status_code, bytes(response.body), {**kept, **kind})

"""How a refusal becomes an exception."""

import pytest
from cartwheel_client import (
    BadRequest,
    Cartwheel,
    CartwheelError,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    ServerFault,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
    VersionMismatch,
)

from .answers import CART, PRODUCT, TOKEN
from .server import Reply, Server, problem

KINDS = {
    400: BadRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: VersionMismatch,
    413: Problem,
    422: Invalid,
    500: ServerFault,
    503: Unavailable,
}


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
async def test_each_status_is_an_exception_of_its_own(
    cartwheel: Cartwheel, server: Server, status: int, kind: type[Problem]
) -> None:
    """One may catch as much, or as little, as one can do something about."""
    server.will(problem(status, "SOME_CODE"))

    with pytest.raises(CartwheelError) as refused:
        await cartwheel.guest(TOKEN).read()

    assert type(refused.value) is kind


async def test_a_problem_says_what_is_wrong_and_what_to_do(cartwheel: Cartwheel, server: Server) -> None:
    """Everything of the document is there, and what its code adds as well."""
    lines = [{"sku": "VASE", "requested": 1, "available": 0}]
    server.will(problem(409, "INVENTORY_HOLD_FAILED", lines=lines))

    with pytest.raises(Conflict) as refused:
        await cartwheel.guest(TOKEN, cart_id=CART).hold()

    found = refused.value
    assert (found.status, found.code, found.detail, found.action) == (
        *(409, "INVENTORY_HOLD_FAILED"),
        *("A sentence.", "Do this."),
    )
    assert (found.request_id, found.members["lines"]) == ("click-1", lines)


async def test_fields_that_do_not_fit_are_named(cartwheel: Cartwheel, server: Server) -> None:
    """In the exception, and in its text."""
    errors = [{"field": "quantity", "message": "must be 1 or more"}]
    server.will(problem(422, "VALIDATION_FAILED", errors=errors))

    with pytest.raises(Invalid, match="quantity: must be 1 or more") as refused:
        await cartwheel.guest(TOKEN, cart_id=CART).add_item(PRODUCT, 0)

    assert refused.value.errors == (FieldError("quantity", "must be 1 or more"),)


@pytest.mark.parametrize("media", ["text/html", "application/problem+json"])
async def test_a_refusal_without_a_document_is_a_problem_without_a_code(
    cartwheel: Cartwheel, server: Server, media: str
) -> None:
    """Something in between may answer in its own way."""
    server.will(Reply(403, b"<h1>Blocked</h1>", {"content-type": media}))

    with pytest.raises(Forbidden, match="Blocked") as refused:
        await cartwheel.guest(TOKEN).read()

    assert refused.value.code == ""


@pytest.mark.parametrize("reply", [Reply(200, b"{"), Reply(200, {"id": 7}), Reply(302, None, {"location": "/"})])
async def test_an_answer_that_was_not_promised_is_said_so(cartwheel: Cartwheel, server: Server, reply: Reply) -> None:
    """Another server at this address is not taken for a Cartwheel."""
    server.will(reply)

    with pytest.raises(UnexpectedAnswer):
        await cartwheel.guest(TOKEN).read()


async def test_a_token_is_in_no_message(cartwheel: Cartwheel, server: Server) -> None:
    """Messages end up in logs."""
    server.will(problem(400, "RECOVERY_TOKEN_INVALID"))

    with pytest.raises(BadRequest, match="/api/cart/recovery/…") as refused:
        await cartwheel.recovery_links().read("v1.key." + TOKEN)

    assert TOKEN not in str(refused.value)

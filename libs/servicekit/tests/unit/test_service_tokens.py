"""Tokens that services show each other."""

from datetime import timedelta
from uuid import uuid4

import pytest
from servicekit.auth.service_tokens import ServiceTokens, is_service_token, mint_service_token
from servicekit.errors import Unauthenticated401
from servicekit.testing import mint_jwt

SECRET = "t" * 32
COMPANY = uuid4()


def test_a_service_token_says_who_calls_and_what_it_may() -> None:
    """The name, the scopes and, if it was given one, the company."""
    claims = ServiceTokens(SECRET).verify(mint_service_token(SECRET, "replay", ["backfill"], company_id=COMPANY))

    assert (claims.service, claims.scopes, claims.company_id) == ("replay", frozenset({"backfill"}), COMPANY)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(mint_service_token("o" * 32, "replay"), id="another secret"),
        pytest.param(mint_service_token(SECRET, "replay", ttl=timedelta(seconds=-1)), id="expired"),
        pytest.param(mint_jwt(COMPANY, "ada", secret=SECRET), id="a user's, even under the same secret"),
        pytest.param(mint_jwt(COMPANY, "ada", secret=SECRET, aud="elsewhere"), id="another audience"),
        pytest.param("garbage", id="garbage"),
    ],
)
def test_a_bad_service_token_is_refused(token: str) -> None:
    """Every fault has the same answer."""
    with pytest.raises(Unauthenticated401):
        ServiceTokens(SECRET).verify(token)


def test_service_tokens_and_user_tokens_are_distinguished() -> None:
    """By the header's type, before anything is verified."""
    assert is_service_token(mint_service_token(SECRET, "cart"))
    assert not is_service_token(mint_jwt(COMPANY, "ada"))
    assert not is_service_token("garbage")

"""JWTs of shoppers and staff: what is accepted, and everything that must not be."""

import base64
import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from servicekit.auth.user_tokens import UserTokens
from servicekit.errors import ServiceUnavailable503, Unauthenticated401
from servicekit.settings import ServiceSettings
from servicekit.testing import make_settings, mint_jwt
from servicekit.testing.settings import JWT_SECRET

from ..notes import NOWHERE

COMPANY = uuid4()
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def verifier(**fields: Any) -> UserTokens:
    """A verifier with these settings."""
    return UserTokens(make_settings(ServiceSettings, NOWHERE, NOWHERE.postgres_url, **fields))


def claims(**changes: Any) -> dict[str, Any]:
    """A customer's claims; None takes one away."""
    whole = {"sub": "ada", "company_id": str(COMPANY), "roles": ["customer"], "exp": time.time() + 3600, **changes}
    return {name: value for name, value in whole.items() if value is not None}


@dataclass
class Issuer:
    """An identity provider that publishes its keys."""

    keys: dict[str, Any] = field(default_factory=lambda: {"rsa-1": RSA_KEY, "ec-1": EC_KEY})
    requests: int = 0
    url: str = ""
    away: bool = False

    def document(self) -> bytes:
        """The JWKS."""
        published = []
        for key_id, key in self.keys.items():
            algorithm = (
                jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
            )
            published.append({**json.loads(algorithm.to_jwk(key.public_key())), "kid": key_id, "use": "sig"})
        return json.dumps({"keys": published}).encode()


@contextmanager
def publishing(issuer: Issuer) -> Generator[Issuer]:
    """The issuer, answering on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.requests += 1
            self.send_response(503 if issuer.away else 200)
            self.end_headers()
            self.wfile.write(b"" if issuer.away else issuer.document())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_port}/keys"
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def signed(key: Any, algorithm: str, key_id: str | None, **changes: Any) -> str:
    """A token signed with a private key."""
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def shared(**changes: Any) -> str:
    """A token signed with the secret that is shared outside production."""
    return jwt.encode(claims(**changes), JWT_SECRET, algorithm="HS256")


async def test_a_good_token_says_who_is_calling() -> None:
    """Company, roles and what personalises a cart come from the claims (rules.md 36)."""
    token = mint_jwt(COMPANY, "ada", email="ada@example.org", groups=["vip"], locale="de")

    who = await verifier().verify(token)

    assert (who.subject, who.company_id, who.roles) == ("ada", COMPANY, frozenset({"customer"}))
    assert (who.email, who.groups, who.locale) == ("ada@example.org", ("vip",), "de")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("not.a.token", id="garbage"),
        pytest.param("x" * 10_000, id="too long"),
        pytest.param(jwt.encode(claims(), "", algorithm="none"), id="alg none"),
        pytest.param(mint_jwt(COMPANY, "ada", secret="o" * 32), id="another key"),
        pytest.param(mint_jwt(COMPANY, "ada", expires_in_seconds=-60), id="expired"),
        pytest.param(mint_jwt(COMPANY, "ada", nbf=time.time() + 600), id="not yet valid"),
        pytest.param(mint_jwt(COMPANY, "ada", aud="somebody else"), id="unexpected audience"),
        pytest.param(shared(company_id="no id"), id="company is no id"),
        pytest.param(shared(company_id=7), id="company is no text"),
        pytest.param(shared(site_id=["no", "id"]), id="site is no text"),
        pytest.param(shared(roles="customer"), id="roles are no list"),
        pytest.param(mint_jwt(COMPANY, "ada", email=7), id="email is no text"),
        pytest.param(mint_jwt(COMPANY, ""), id="nobody"),
        pytest.param(mint_jwt(COMPANY, "ada\x00"), id="subject that cannot be stored"),
    ],
)
async def test_a_bad_token_is_refused(token: str) -> None:
    """Every fault has the same answer."""
    with pytest.raises(Unauthenticated401):
        await verifier().verify(token)


@pytest.mark.parametrize("missing", ["exp", "sub"])
async def test_a_token_without_an_end_or_a_subject_is_refused(missing: str) -> None:
    """A token that never ends could never be withdrawn."""
    token = shared(**{missing: None})

    with pytest.raises(Unauthenticated401):
        await verifier().verify(token)


@pytest.mark.parametrize(("name", "right", "wrong"), [("aud", "shop", "other"), ("iss", "idp", "evil")])
async def test_audience_and_issuer_are_checked_when_configured(name: str, right: str, wrong: str) -> None:
    """A token made for somebody else, or by somebody else, or saying neither, is refused."""
    checking = verifier(**{{"aud": "jwt_audience", "iss": "jwt_issuer"}[name]: right})

    await checking.verify(shared(**{name: right}))
    for bad in (shared(**{name: wrong}), shared()):
        with pytest.raises(Unauthenticated401):
            await checking.verify(bad)


@given(position=st.integers(min_value=0, max_value=10_000), character=st.sampled_from("Aa0-_z"))
async def test_a_tampered_token_is_refused(position: int, character: str) -> None:
    """Changing any one character breaks the signature, or the token."""
    token = mint_jwt(COMPANY, "ada")
    position %= len(token)
    tampered = token[:position] + character + token[position + 1 :]
    last_bits_are_padding = position == len(token) - 1

    if tampered == token or last_bits_are_padding:
        return
    with pytest.raises(Unauthenticated401):
        await verifier().verify(tampered)


@pytest.mark.parametrize(("key", "algorithm", "key_id"), [(RSA_KEY, "RS256", "rsa-1"), (EC_KEY, "ES256", "ec-1")])
async def test_published_keys_verify(key: Any, algorithm: str, key_id: str) -> None:
    """RS256 and ES256 by JWKS, the keys fetched once."""
    with publishing(Issuer()) as issuer:
        tokens = verifier(jwt_secret=None, jwt_jwks_url=issuer.url)

        for subject in ("ada", "bob", "cy"):
            assert (await tokens.verify(signed(key, algorithm, key_id, sub=subject))).subject == subject

        assert issuer.requests == 1


async def test_a_public_key_is_no_shared_secret() -> None:
    """The classic confusion: an HS256 token signed with the published key as its secret."""
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT", "kid": "rsa-1"}, claims())
    )
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(head + b"." + body, pem)
    token = b".".join((head, body, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()
    with publishing(Issuer()) as issuer, pytest.raises(Unauthenticated401):
        await verifier(jwt_secret=None, jwt_jwks_url=issuer.url).verify(token)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(signed(OTHER_RSA_KEY, "RS256", "rsa-1"), id="another key under a known id"),
        pytest.param(signed(RSA_KEY, "RS256", "rsa-9"), id="unknown key id"),
        pytest.param(signed(RSA_KEY, "RS256", None), id="no key id"),
        pytest.param(signed(RSA_KEY, "RS512", "rsa-1"), id="algorithm not accepted"),
        pytest.param(signed(RSA_KEY, "RS256", "ec-1"), id="key of another kind"),
    ],
)
async def test_a_token_of_an_unknown_key_is_refused(token: str) -> None:
    """Only a key that the issuer publishes, under its own id and algorithm, signs for it."""
    with publishing(Issuer()) as issuer, pytest.raises(Unauthenticated401):
        await verifier(jwt_secret=None, jwt_jwks_url=issuer.url).verify(token)


async def test_unknown_key_ids_do_not_flood_the_issuer() -> None:
    """Guessing key ids makes the keys be fetched again, but not once a guess."""
    with publishing(Issuer()) as issuer:
        tokens = verifier(jwt_secret=None, jwt_jwks_url=issuer.url)
        for guess in range(20):
            with pytest.raises(Unauthenticated401):
                await tokens.verify(signed(RSA_KEY, "RS256", f"guess-{guess}"))

        assert issuer.requests <= 2


async def test_an_issuer_that_is_away_is_not_the_callers_fault() -> None:
    """503, not 401: the same token may be good in a moment."""
    with publishing(Issuer(away=True)) as issuer, pytest.raises(ServiceUnavailable503):
        await verifier(jwt_secret=None, jwt_jwks_url=issuer.url).verify(signed(RSA_KEY, "RS256", "rsa-1"))

"""JSON Web Tokens for tests."""

import time
from collections.abc import Sequence
from uuid import UUID

import jwt

from servicekit.testing.settings import JWT_SECRET


def mint_jwt(
    company_id: UUID,
    subject: str,
    *,
    roles: Sequence[str] = ("customer",),
    secret: str = JWT_SECRET,
    expires_in_seconds: int = 3600,
    **claims: object,
) -> str:
    """Sign a token as the shop would (HS256); `claims` are added or replace these, email or groups for instance."""
    payload = {
        "sub": subject,
        "company_id": str(company_id),
        "roles": list(roles),
        "exp": int(time.time()) + expires_in_seconds,
        **claims,
    }
    return jwt.encode(payload, secret, algorithm="HS256")

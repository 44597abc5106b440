"""Headers that every answer has (api.md), as ASGI wants them."""

Header = tuple[bytes, bytes]

_ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),  # links of ours carry tokens in their path
)
_HSTS: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_NO_STORE: Header = (b"cache-control", b"no-store")


def security_headers(*, production: bool) -> tuple[Header, ...]:
    """The fixed headers; HSTS in production only, because a developer's machine has no certificate."""
    return (*_ALWAYS, _HSTS) if production else _ALWAYS


def keep_out_of_caches(headers: list[Header]) -> None:
    """Forbid storing an answer whose route says nothing about it: it is a shopper's own."""
    if not any(name == b"cache-control" for name, _ in headers):
        headers.append(_NO_STORE)

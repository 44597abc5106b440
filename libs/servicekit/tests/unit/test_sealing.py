"""Sealing of stored answers."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from servicekit.sealing import SealBroken, Sealer


def key(byte: bytes) -> str:
    """One of several keys."""
    return base64.b64encode(byte * 32).decode()


SEALER = Sealer(SecretStr(key(b"a")))


@given(content=st.binary(max_size=2000), context=st.binary(max_size=100))
def test_what_is_sealed_is_opened(content: bytes, context: bytes) -> None:
    """In its own context, any content comes back as it was, and cannot be read before."""
    sealed = SEALER.seal(content, context)

    assert SEALER.unseal(sealed, context) == content
    assert len(content) < 8 or content not in sealed


@given(content=st.binary(min_size=1, max_size=200), position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_seal_is_broken(content: bytes, position: int, bit: int) -> None:
    """Flipping any one bit, of nonce, text or tag, is noticed."""
    sealed = bytearray(SEALER.seal(content, b"here"))
    sealed[position % len(sealed)] ^= 1 << bit

    with pytest.raises(SealBroken):
        SEALER.unseal(bytes(sealed), b"here")


@pytest.mark.parametrize("sealed", [b"", b"short", SEALER.seal(b"x", b"elsewhere")])
def test_what_does_not_belong_here_is_broken(sealed: bytes) -> None:
    """An answer copied to another company's row cannot be opened there."""
    with pytest.raises(SealBroken):
        SEALER.unseal(sealed, b"here")


def test_keys_are_rotated_without_losing_what_was_sealed() -> None:
    """The new key seals, the old one still opens; once it is gone, so is what it sealed."""
    old = SEALER.seal(b"answer", b"here")
    rotating = Sealer(SecretStr(f"{key(b'b')}, {key(b'a')}"))

    assert rotating.unseal(old, b"here") == b"answer"
    assert Sealer(SecretStr(key(b"b"))).unseal(rotating.seal(b"new", b"here"), b"here") == b"new"
    with pytest.raises(SealBroken):
        Sealer(SecretStr(key(b"b"))).unseal(old, b"here")

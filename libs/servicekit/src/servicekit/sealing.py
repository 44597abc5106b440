"""Sealing of what is stored or published but must not be readable on the way, by AES-256-GCM."""

import base64
import binascii
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from servicekit.settings import seal_keys

_NONCE_LENGTH = 12


class SealBroken(Exception):
    """The sealed bytes were changed, belong to something else, or were sealed with a key that is gone."""


class Sealer:
    """Seals with the first key and unseals with any, so that keys can be rotated."""

    def __init__(self, keys: SecretStr) -> None:
        known = seal_keys(keys)
        self._ciphers = [AESGCM(key) for key in known]
        self._fingerprint_keys = [hmac.digest(key, b"fingerprint", "sha256") for key in known]

    def seal(self, content: bytes, context: bytes) -> bytes:
        """The content, encrypted and bound to its context: nonce, then ciphertext with its tag."""
        nonce = os.urandom(_NONCE_LENGTH)
        return nonce + self._ciphers[0].encrypt(nonce, content, context)

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed for this context; raises SealBroken."""
        nonce, ciphertext = sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, ciphertext, context)
            except (InvalidTag, ValueError):
                continue
        raise SealBroken

    def fingerprints(self, content: bytes) -> tuple[bytes, ...]:
        """What the content is recognised by: 32 bytes by each key, the first one's first (HMAC-SHA256).

        Who reads one and has no key cannot try which content it is of.
        """
        return tuple(hmac.digest(key, content, "sha256") for key in self._fingerprint_keys)

    def seal_text(self, text: str, context: bytes) -> str:
        """A text, sealed, in base64."""
        return base64.b64encode(self.seal(text.encode(), context)).decode()

    def unseal_text(self, sealed: str, context: bytes) -> str:
        """What `seal_text` sealed for this context; raises SealBroken."""
        try:
            return self.unseal(base64.b64decode(sealed, validate=True), context).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise SealBroken from None

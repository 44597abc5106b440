"""Tokens of links (rules.md 29): nobody but us makes one, and rotation breaks none."""

import random
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recovery.errors import RecoveryTokenExpired410, RecoveryTokenInvalid400
from recovery.links.domain.tokens import KeyRing, LinkPayload, MalformedKeys, Purpose

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
FIRST, SECOND = f"k1:{'a' * 32}", f"k2:{'b' * 32}"
KEYS = KeyRing.parse(FIRST)
PAYLOAD = LinkPayload(Purpose.RESTORE, UUID(int=1), UUID(int=2), 1, NOW + timedelta(hours=72))
TOKEN = KEYS.sign(PAYLOAD)

payloads = st.builds(
    LinkPayload,
    purpose=st.sampled_from(Purpose),
    company_id=st.uuids(),
    recovery_id=st.uuids(),
    step=st.integers(1, 255),
    expires_at=st.none()
    | st.datetimes(datetime(2026, 2, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  # hypothesis adds the zone
        lambda at: at.replace(microsecond=0)
    ),
)


@given(payloads)
def test_a_token_says_what_was_signed(signed: LinkPayload) -> None:
    """Whatever is signed is read back, and the token fits a mail's line."""
    token = KEYS.sign(signed)

    assert KEYS.verify(token, signed.purpose, NOW) == signed
    assert len(token) < 120


@given(st.data())
@settings(max_examples=300)
def test_no_change_of_a_token_is_accepted(data: st.DataObject) -> None:
    """Any character replaced, removed or added, anywhere."""
    at = data.draw(st.integers(0, len(TOKEN) - 1))
    text = data.draw(st.text(string.ascii_letters + string.digits + "-_.=", max_size=2))
    tampered = TOKEN[:at] + text + TOKEN[at + 1 :]

    if tampered != TOKEN:
        with pytest.raises(RecoveryTokenInvalid400):
            KEYS.verify(tampered, Purpose.RESTORE, NOW)


def test_ten_thousand_tampered_tokens_are_refused() -> None:
    """By a seeded generator: bits flipped in the token's bytes, and parts of two mixed."""
    generator = random.Random(29)  # noqa: S311  # a seed, so that a failure repeats
    other = KEYS.sign(replace(PAYLOAD, recovery_id=UUID(int=3)))
    refused = 0
    for _ in range(10_000):
        parts, others = TOKEN.split("."), other.split(".")
        place = generator.randrange(2, 4)
        character = generator.randrange(len(parts[place]))
        flipped = chr(ord(parts[place][character]) ^ (1 << generator.randrange(7)))
        parts[place] = parts[place][:character] + flipped + parts[place][character + 1 :]
        candidate = ".".join([*parts[:3], others[3]] if generator.random() < 0.1 else parts)
        with pytest.raises(RecoveryTokenInvalid400):
            KEYS.verify(candidate, Purpose.RESTORE, NOW)
        refused += 1

    assert refused == 10_000


@pytest.mark.parametrize("last", [c for c in string.ascii_letters + string.digits if c != TOKEN[-1]])
def test_another_spelling_of_the_same_signature_is_refused(last: str) -> None:
    """The last character of a base64 text has bits that a decoder ignores; the comparison does not."""
    with pytest.raises(RecoveryTokenInvalid400):
        KEYS.verify(TOKEN[:-1] + last, Purpose.RESTORE, NOW)


@pytest.mark.parametrize("text", ["", "v1", "v1...", "v2" + TOKEN[2:], TOKEN + "\n", "v1.k1." + "A" * 5000, "ü" * 150])
def test_what_is_no_token_is_refused(text: str) -> None:
    """Cut off, of another version, too long, or not ASCII."""
    with pytest.raises(RecoveryTokenInvalid400):
        KEYS.verify(text, Purpose.RESTORE, NOW)


def test_a_token_does_one_thing() -> None:
    """What restores does not unsubscribe."""
    with pytest.raises(RecoveryTokenInvalid400):
        KEYS.verify(TOKEN, Purpose.UNSUBSCRIBE, NOW)


def test_a_token_ends_at_its_time() -> None:
    """Valid until the second before, expired at it; one without a time never ends."""
    last_second = PAYLOAD.expires_at and PAYLOAD.expires_at - timedelta(seconds=1)
    assert last_second
    assert KEYS.verify(TOKEN, Purpose.RESTORE, last_second) == PAYLOAD
    with pytest.raises(RecoveryTokenExpired410):
        KEYS.verify(TOKEN, Purpose.RESTORE, last_second + timedelta(seconds=1))
    for_ever = replace(PAYLOAD, expires_at=None)
    assert KEYS.verify(KEYS.sign(for_ever), Purpose.RESTORE, NOW + timedelta(days=36_500)) == for_ever


def test_keys_rotate_without_breaking_links() -> None:
    """The new key signs, both verify; when the old one is gone, its links are gone."""
    rotated, later = KeyRing.parse(f"{SECOND}, {FIRST}"), KeyRing.parse(SECOND)

    assert rotated.verify(TOKEN, Purpose.RESTORE, NOW) == PAYLOAD
    assert later.verify(rotated.sign(PAYLOAD), Purpose.RESTORE, NOW) == PAYLOAD
    with pytest.raises(RecoveryTokenInvalid400):
        later.verify(TOKEN, Purpose.RESTORE, NOW)


def test_one_key_cannot_pass_for_another() -> None:
    """The key's id is part of what is signed."""
    both = KeyRing.parse(f"{FIRST},{SECOND}")

    with pytest.raises(RecoveryTokenInvalid400):
        both.verify(TOKEN.replace(".k1.", ".k2."), Purpose.RESTORE, NOW)


def test_a_secret_without_an_id_is_named_by_its_hash() -> None:
    """A plain secret works and can be rotated like any other."""
    plain = KeyRing.parse("c" * 40)

    assert KeyRing.parse(f"{FIRST},{'c' * 40}").verify(plain.sign(PAYLOAD), Purpose.RESTORE, NOW) == PAYLOAD


@pytest.mark.parametrize("text", ["", "short", f"k1:{'a' * 31}", f"bad id:{'a' * 32}", f"{FIRST},{FIRST}", f"{FIRST},"])
def test_keys_that_cannot_be_used_are_refused(text: str) -> None:
    """The message names what is wrong, and never a secret."""
    with pytest.raises(MalformedKeys) as refused:
        KeyRing.parse(text)

    assert "a" * 10 not in str(refused.value)

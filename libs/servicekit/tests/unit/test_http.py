"""Bodies that are taken at their word, versions, and JSON."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from pydantic import ValidationError
from servicekit.errors import VersionMismatch412
from servicekit.http.answers import plain, to_json
from servicekit.http.bodies import Body, View
from servicekit.http.etags import etag, expected_version
from servicekit.http.free_text import FREE_TEXT, holds_control_character
from starlette.requests import Request


class Part(Body):
    """A nested body."""

    count: int | None = None
    names: list[str] = []


class Whole(Body):
    """A body with one field of each kind."""

    product_id: UUID
    quantity: int
    gift: bool = False
    at: datetime | None = None
    type: str = "plain"
    parts: Sequence[Part] = ()
    meta: dict[str, str | int] | None = None


GOOD = {"productId": str(uuid4()), "quantity": 1}


def test_ids_and_times_are_read_from_their_texts() -> None:
    """JSON has no other way to say them."""
    whole = Whole.model_validate({**GOOD, "at": "2026-01-05T12:00:00Z", "parts": [{"count": 2, "names": ["a"]}]})

    assert whole.at == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert whole.parts[0].count == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "1"},
        {"quantity": True},
        {"quantity": 1.5},
        {"gift": 1},
        {"gift": "yes"},
        {"type": 7},
        {"parts": [{"count": "1"}]},
        {"parts": [{"names": ["a\x00b"]}]},
        {"parts": [{"names": ["a\nb"]}]},
        {"parts": [{"names": ["a\u202eb"]}]},
        {"meta": {"a": 1.5}},
        {"type": "x" * 1001},
        {"price": 100},
        {"product_Id": "x"},
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    """No guessing at types, no unknown fields (rules.md 6), nothing that the database could not store."""
    with pytest.raises(ValidationError):
        Whole.model_validate({**GOOD, **wrong})


def test_the_bounds_are_documented() -> None:
    """A client can read from the schema what it may send."""
    text = Whole.model_json_schema()["properties"]["type"]

    assert (text["maxLength"], text["pattern"]) == (1000, FREE_TEXT)


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)])
def test_a_control_character_is_found_in_json_as_in_text(code: int) -> None:
    """As a key, a value and deep inside, escaped or not; both ways of looking agree (rules.md 37)."""
    text = f"a{chr(code)}b"

    assert re.search(FREE_TEXT, text) is None
    for value in ({text: 1}, {"a": text}, {"a": [[{"b": "\\" + text}]]}):
        assert holds_control_character(orjson.dumps(value))


@pytest.mark.parametrize("text", ["", "Grüße, مرحبا 🎁 - \u2026", "\\n \\u0000 \\\\t", "\u00a0"])
def test_any_other_text_is_free(text: str) -> None:
    """Also one that is written like an escape."""
    assert re.search(FREE_TEXT, text) is not None
    assert not holds_control_character(orjson.dumps({"a": text, text: [text]}))


def request(**headers: str) -> Request:
    """A request with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


@pytest.mark.parametrize(("tag", "version"), [('"12"', 12), ('W/"12"', 12), ("*", None), ("12", 12)])
def test_if_match_names_a_version(tag: str, version: int | None) -> None:
    """A proxy that compresses may have weakened the tag."""
    assert expected_version(request(if_match=tag)) == version


def test_without_if_match_any_version_will_do() -> None:
    """Intents apply to the current state (rules.md 9)."""
    assert expected_version(request()) is None


@pytest.mark.parametrize("tag", ['"abc"', "", '"-1"', '"٣"', '"' + "9" * 30 + '"', '"1", "2"'])
def test_a_tag_that_was_never_given_out_matches_nothing(tag: str) -> None:
    """412, as for an old version: nothing was changed."""
    with pytest.raises(VersionMismatch412):
        expected_version(request(if_match=tag))


def test_an_etag_is_read_back() -> None:
    """What an answer says is what If-Match may say."""
    assert expected_version(request(if_match=etag(7))) == 7


def test_answers_are_plain_json() -> None:
    """Ids as text, times in UTC ending in Z, names in camelCase, sets in order."""

    class Shown(View):
        made_at: datetime

    class DriverId(UUID):
        """The database's driver has an id class of its own."""

    identifier = uuid4()
    content = {"id": DriverId(str(identifier)), "view": Shown(made_at=datetime(2026, 1, 5, tzinfo=UTC)), "set": {2, 1}}

    assert orjson.loads(to_json(content)) == plain(content)
    assert plain(content) == {"id": str(identifier), "view": {"madeAt": "2026-01-05T00:00:00Z"}, "set": [1, 2]}


def test_what_has_no_json_form_is_a_mistake() -> None:
    """It fails loudly instead of being sent as its repr."""
    with pytest.raises(TypeError):
        to_json(object())

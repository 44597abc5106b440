"""Cursors."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servicekit.errors import ValidationFailed422
from servicekit.http.bodies import View
from servicekit.http.paging import Cursor, after_id, paginate

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants naive bounds


@given(moment=MOMENTS, identifier=st.uuids(), number=st.integers(min_value=-(2**53), max_value=2**53))
def test_a_cursor_is_read_back(moment: datetime, identifier: UUID, number: int) -> None:
    """The next page starts exactly where the last one ended."""
    text = Cursor.encode(moment, identifier, number)

    assert Cursor.decode(text, datetime.fromisoformat, UUID, int) == (moment, identifier, number)


def test_no_cursor_is_the_first_page() -> None:
    """Nothing in, nothing out."""
    assert Cursor.decode(None, int) is None


@given(text=st.text(max_size=60))
def test_a_forged_cursor_is_malformed_input(text: str) -> None:
    """Whatever is sent, it is 422 naming the cursor, never a fault of ours."""
    with pytest.raises(ValidationFailed422) as refused:
        Cursor.decode(text, datetime.fromisoformat, UUID)

    assert refused.value.extra["errors"] == [{"field": "cursor", "message": "is not one that was given out"}]


class Numbered(View):
    """A row of a list."""

    number: int


@pytest.mark.parametrize(
    ("rows", "shown", "more"), [([], [], False), ([1, 2], [1, 2], False), ([1, 2, 3], [1, 2], True)]
)
def test_a_page_shows_up_to_its_limit(rows: list[int], shown: list[int], more: bool) -> None:
    """A row beyond the limit is not shown: the cursor then leads on from the last that is."""
    page = paginate(rows, 2, lambda number: Numbered(number=number), lambda number: (number,))

    assert [item.number for item in page.items] == shown
    assert Cursor.decode(page.next_cursor, int) == ((2,) if more else None)


def test_the_id_that_a_page_begins_after_is_in_its_cursor() -> None:
    """A list sorted by id needs nothing else; the first page begins after none."""
    identifier = UUID(int=7)

    assert (after_id(Cursor.encode(identifier)), after_id(None)) == (identifier, None)

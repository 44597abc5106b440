"""What the relay may mark as sent, so that an aggregate's events arrive in order in the end."""

from hypothesis import given
from hypothesis import strategies as st
from servicekit.messaging.sending import in_order

aggregates = st.integers(min_value=1, max_value=4)
sent = st.lists(st.tuples(aggregates, st.booleans()), max_size=30)


@given(sent)
def test_nothing_is_marked_before_what_went_before_it(events: list[tuple[int, bool]]) -> None:
    """Whichever confirms are missing, of each aggregate exactly what precedes its first missing one is marked."""
    rows = [{"id": number, "aggregate_id": aggregate} for number, (aggregate, _) in enumerate(events)]
    confirmed = {number for number, (_, arrived) in enumerate(events) if arrived}

    marked = [row["id"] for row in in_order(rows, confirmed)]

    for aggregate in range(1, 5):
        numbers = [row["id"] for row in rows if row["aggregate_id"] == aggregate]
        first_missing = next((number for number in numbers if number not in confirmed), len(rows))
        assert [number for number in marked if number in numbers] == [n for n in numbers if n < first_missing]

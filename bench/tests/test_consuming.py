"""The backlog that workers are measured with, and what is said of it."""

from itertools import pairwise

from bench.consuming.events import EVENTS_PER_CART, backlog_of
from bench.consuming.result import Consumption


def test_a_backlog_is_a_mixture_in_the_order_of_time() -> None:
    """Every company has carts in it, and a cart's events are neither alone nor out of order."""
    events = backlog_of(400, companies=5)

    versions: dict[object, list[int]] = {}
    for event in events:
        versions.setdefault(event.subject, []).append(event.aggregateversion)
    assert len(events) == 400
    assert len({event.companyid for event in events}) == 5
    assert all(found == list(range(1, EVENTS_PER_CART + 1)) for found in versions.values())
    assert sum(one.subject != other.subject for one, other in pairwise(events)) > 200


def test_what_is_spent_is_said_for_each_event() -> None:
    """Of all workers together."""
    consumption = Consumption("analytics", 2, 20, 1000, 0.5, {"workers": 0.4, "postgres": 0.1})

    assert consumption.per_second == 2000
    assert consumption.row() == ("analytics", 2, 20, "1,000", "2,000", "400", "100", "0")

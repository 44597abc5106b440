"""What `make observe-check` notices, shown on a Prometheus that answers what it is told to."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from observability.api import Prometheus, notifications
from observability.checking import all_queries, rule_faults, targets_not_up
from observability.expectations import ONLY_WHEN_WRONG, Query, faults_of, in_no_query
from observability.paths import RULES
from observability.queries import selectors_in
from observability.rules import rules_in

ONE = {"result": [{"value": [0, "1"]}]}
NOT_A_NUMBER = {"result": [{"value": [0, "NaN"]}]}
NOTHING: dict[str, Any] = {"result": []}
WRONG = next(iter(ONLY_WHEN_WRONG))


def prometheus(answers: Mapping[str, Any]) -> Prometheus:
    """Answers a query or a path with what is given, and refuses any other query."""

    def answer(request: httpx.Request) -> httpx.Response:
        requested = request.url.params.get("query") or request.url.path.removeprefix("/api/v1/")
        if requested not in answers:
            return httpx.Response(400, json={"status": "error", "error": "parse error"})
        return httpx.Response(200, json={"status": "success", "data": answers[requested]})

    return Prometheus(httpx.AsyncClient(base_url="http://prometheus", transport=httpx.MockTransport(answer)))


@pytest.mark.parametrize(
    ("query", "answers", "fault"),
    [
        ("a > 1", {"a > 1": NOTHING, "a": ONE}, None),
        ("a > 1", {"a > 1": NOTHING, "a": NOTHING}, "Slow: no series a"),
        ("a >> 1", {}, "Slow: parse error: a >> 1"),
        (f"rate({WRONG}[5m]) > 1", {f"rate({WRONG}[5m]) > 1": NOTHING, WRONG: NOTHING}, None),
    ],
)
async def test_an_alert_needs_its_series_though_not_a_value(
    query: str, answers: Mapping[str, Any], fault: str | None
) -> None:
    """It has a value when something is wrong; a misspelt series it never has."""
    found = await faults_of(prometheus(answers), Query("Slow", query, may_be_empty=True))

    assert found == ([fault] if fault else [])


@pytest.mark.parametrize("empty", [NOTHING, NOT_A_NUMBER])
async def test_a_panel_needs_a_value(empty: Mapping[str, Any]) -> None:
    """Series that share no label join to nothing, and a quotient of nothing is not a number."""
    query = Query("board", "a / b", may_be_empty=False)

    [fault] = await faults_of(prometheus({"a / b": empty, "a": ONE, "b": ONE}), query)

    assert fault == "board: no data though all its series are there: a / b"
    assert await faults_of(prometheus({"a / b": ONE, "a": ONE, "b": ONE}), query) == []


async def test_rules_that_are_not_loaded_or_fail_are_named() -> None:
    """All of the repository's rules are missing where none is loaded; one that fails says why."""
    broken = {"name": "Broken", "labels": {}, "health": "err", "lastError": "many-to-many"}

    faults = await rule_faults(prometheus({"rules": {"groups": [{"rules": [broken]}]}}))

    assert "Broken {}: many-to-many" in faults
    assert len(faults) > len({rule.name for rule in rules_in(RULES)})


async def test_targets_that_are_down_or_unknown_are_named() -> None:
    """A process that nobody scrapes is as bad as one that does not answer."""
    down = {"labels": {"service": "cart", "role": "api"}, "health": "down", "lastError": "refused"}

    faults = await targets_not_up(prometheus({"targets": {"activeTargets": [down]}}))

    assert "cart api (refused)" in faults
    assert "cart worker (unknown)" in faults
    assert "redis server (unknown)" in faults


async def test_an_alert_is_taken_for_received_by_name_status_and_labels() -> None:
    """Another service's alert, and the end of this one, are not it."""
    received = [
        {"receiver": "pager", "status": "firing", "labels": {"alertname": "Down", "service": "cart", "role": "api"}},
        {"receiver": "channel", "status": "resolved", "labels": {"alertname": "Down", "service": "cart"}},
        {"receiver": "channel", "status": "firing", "labels": {"alertname": "Down", "service": "upsell"}},
    ]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=json.dumps(received)))

    async with httpx.AsyncClient(base_url="http://receiver", transport=transport) as client:
        assert await notifications(client, "Down", "firing", service="cart") == {"pager"}


def test_what_is_listed_as_only_when_wrong_is_asked_for() -> None:
    """A line that no query needs any more would hide the next one of its name."""
    assert list(in_no_query(all_queries())) == []
    assert list(in_no_query([])) == sorted(ONLY_WHEN_WRONG)


@pytest.mark.parametrize(
    ("query", "selectors"),
    [
        ('sum by (le) (rate(a_bucket{route=~"/x/{id}", le="1"}[5m])) > 1', ['a_bucket{route=~"/x/{id}",le="1"}']),
        ("a / (b > 0) or a offset 1d", ["a", "b"]),
        ('max(up{role="worker"}) == 0', ['up{role="worker"}']),
    ],
)
def test_the_selections_of_a_query_are_found(query: str, selectors: list[str]) -> None:
    """Each with its labels, and once."""
    assert selectors_in(query) == selectors

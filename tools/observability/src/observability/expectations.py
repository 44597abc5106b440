"""Whether a query of a rule or of a panel answers what it should on a stack that works and is used."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from observability.api import Prometheus, QueryRefused
from observability.queries import selectors_in

ONLY_WHEN_WRONG: Mapping[str, str] = {
    'http_server_request_duration_seconds_count{status=~"5.."}': "an answer that is a fault of ours",
    "events_retried_total": "a handler that failed",
    "events_dead_lettered_total": "a message that failed every time",
    'job_runs_total{outcome="failed"}': "a run of a job that failed",
}
"""Series that a stack without a fault does not have, with what makes them."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query and where it stands; one of an alert is empty unless something is wrong, its series are not."""

    place: str
    text: str
    may_be_empty: bool


async def faults_of(prometheus: Prometheus, query: Query) -> list[str]:
    """What is wrong with a query: it is refused, or it has no data though nothing has to be wrong for that."""
    try:
        has_data = await prometheus.has_data(query.text)
        empty = [selector for selector in selectors_in(query.text) if not await prometheus.has_series(selector)]
    except QueryRefused as refused:
        return [f"{query.place}: {refused}: {query.text}"]
    missing = [selector for selector in empty if selector not in ONLY_WHEN_WRONG]
    if missing:
        return [f"{query.place}: no series {selector}" for selector in missing]
    if not has_data and not empty and not query.may_be_empty:
        return [f"{query.place}: no data though all its series are there: {query.text}"]
    return []


def in_no_query(queries: Iterable[Query]) -> Iterator[str]:
    """What the list above has though no query selects it."""
    selected = {selector for query in queries for selector in selectors_in(query.text)}
    yield from sorted(ONLY_WHEN_WRONG.keys() - selected)

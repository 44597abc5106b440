"""What the figures are computed with: percentiles, times of arrival, costs, and shares."""

import re

from hypothesis import given
from hypothesis import strategies as st
from localservers.home import REPOSITORY

from bench.cpu import spent_between
from bench.growth.result import Growth
from bench.histogram import Histogram
from bench.layers import LAYERS, layer_of, shares
from bench.limits.sql_text import literal, with_arguments
from bench.load.schedule import arrivals
from bench.report import Report
from bench.result import Load, Measurement

LATENCIES = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=200)


@given(LATENCIES, st.floats(0.1, 100))
def test_a_percentile_is_the_nearest_rank_of_the_sorted_list(latencies: list[int], percent: float) -> None:
    """At least this share of all answers took no longer, and no smaller value can say that."""
    histogram = Histogram.of((value, 1) for value in latencies)

    within = histogram.percentile(percent) * 1000

    assert sum(value <= within + 0.5 for value in latencies) / len(latencies) >= percent / 100 - 1e-9
    assert sum(value < within - 0.5 for value in latencies) / len(latencies) < percent / 100


@given(LATENCIES)
def test_a_kept_histogram_reads_as_it_was(latencies: list[int]) -> None:
    """The raw numbers in a file are all there is to read later."""
    histogram = Histogram.of((value, 1) for value in latencies)

    again = Histogram.of(histogram.as_json())

    assert again == histogram
    assert again.longest == max(latencies) / 1000


def test_no_answer_has_no_latency() -> None:
    """A run in which nothing was answered is reported, not a crash."""
    assert Histogram().percentile(99) == 0
    assert Histogram().longest == 0


@given(st.integers(1, 5_000), st.integers(1, 60))
def test_arrivals_are_evenly_spread_and_never_drift(rate: int, seconds: int) -> None:
    """The last request is due where counting from the start puts it, however many came before."""
    times = list(arrivals(rate, seconds))

    assert len(times) == rate * seconds
    assert times[0] == 0
    assert times[-1] == (rate * seconds - 1) / rate


def test_failures_are_no_throughput() -> None:
    """A server that refuses quickly is not fast."""
    load = Load(2.0, {"200": 10, "201": 30, "429": 500, "error": 1}, Histogram(), 0.1)

    assert load.per_second == 20
    assert load.failures == {"429": 500, "error": 1}


def test_a_run_with_failures_says_so_first() -> None:
    """Nobody reads a table to its last column."""
    load = Load(1.0, {"200": 1, "503": 2}, Histogram.of([(1000, 3)]), 0.0)
    report = Report({}, [Measurement("api alone", "add item", "closed, 1", load, {})])

    assert report.as_markdown().startswith("**FAILED REQUESTS** in api alone, add item, closed, 1: 2 x 503")


def test_the_share_of_a_limit_is_of_the_same_number_of_connections() -> None:
    """16 connections are held against what the limit does with 16, not with one."""

    def measured(where: str, mode: str, answers: int) -> Measurement:
        return Measurement(where, "add item", mode, Load(1.0, {"200": answers}, Histogram(), 0.0), {})

    ours = [measured("api alone", "closed, 1", 100), measured("api alone", "closed, 16", 300)]
    limits = [measured("bare route", "closed, 1", 400), measured("bare route", "closed, 16", 600)]

    written = Report({}, [*ours, *limits]).as_markdown()

    assert re.search(r"closed, 1 \| bare route \| 400 \| 25%", written)
    assert re.search(r"closed, 16 \| bare route \| 600 \| 50%", written)


def test_cpu_is_counted_between_two_readings() -> None:
    """What a process did before the measured interval is not charged to it."""
    assert spent_between({"api": 10.0}, {"api": 12.5, "redis": 1.0}) == {"api": 2.5, "redis": 1.0}


def test_a_sample_belongs_to_the_innermost_part_it_is_in() -> None:
    """Time inside the standard library belongs to whoever called it."""
    stack = (
        "run (uvicorn/server.py:1);app (fastapi/routing.py:2);"
        "hit (servicekit/process/limiter.py:3);send (asyncio/x.py:4)"
    )

    assert layer_of(stack) == "limiter"
    assert shares([f"{stack} 3", "main (somewhere.py:1) 1"]) == {"limiter": 0.75, "other": 0.25}


def test_every_place_of_ours_in_a_layer_is_there() -> None:
    """A module that moved takes its place in the table with it; else its time is counted as somebody else's."""
    sources = {source.name: source for source in REPOSITORY.glob("*/*/src/*/")}
    places = [place for _, names in LAYERS for place in names if place.split("/")[0] in sources]
    paths = [sources[place.split("/")[0]].parent / place for place in places]

    assert [str(path) for path in paths if not (path.is_dir() or path.with_suffix(".py").is_file())] == []
    assert len(paths) > 10


def test_arguments_are_written_into_sql_as_their_types_ask() -> None:
    """A list is an array where the statement says so and JSON elsewhere; no colon is left for pgbench to take."""
    sql = "SELECT $1::uuid[], $2, 'urn:x', $3, $10::text[] || $1"
    args = [[None], [{"a": "b:c"}], True, *[0] * 6, ["it's"]]

    written = with_arguments(sql, args, {3: ":version + 1"})

    assert written == (
        "SELECT ARRAY[NULL]::uuid[], E'[{\"a\"\\x3a \"b\\x3ac\"}]', E'urn\\x3ax', :version + 1,"
        " ARRAY[E'it''s']::text[] || E'[null]'"
    )
    assert literal(b"\x01") == "'\\x01'"


def test_a_p95_that_grew_too_much_is_told_apart() -> None:
    """The slowest twentieth decides, and the aim itself is still met."""
    few, many, slow = (
        Measurement(where, "get cart", "closed, 1", Load(1, {"200": 20}, Histogram.of(counts), 0), {"postgres": 0.006})
        for where, counts in (
            ("1,000 carts", [(1_000, 19), (9_000, 1)]),
            ("51,000 carts", [(1_500, 19), (90_000, 1)]),
            ("52,000 carts", [(1_501, 20)]),
        )
    )

    kept, lost = Growth(few, many), Growth(few, slow)

    assert (kept.is_too_much, lost.is_too_much) == (False, True)
    assert "| get cart | 1.00 | 1.50 | 1.50 | 300 | 300 |" in Report({}, growth=[kept]).as_markdown()

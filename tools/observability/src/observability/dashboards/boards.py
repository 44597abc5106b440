"""What a dashboard consists of, apart from how Grafana writes it down."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """A query and what its lines are called; `legend` may name labels: `{{route}}`."""

    query: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines over time; `unit` is one of Grafana's ("s", "reqps", "percentunit", "short")."""

    title: str
    unit: str
    series: Sequence[Series]
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard; its file and its address in Grafana are named after `uid`."""

    uid: str
    title: str
    rows: Sequence[Row]


def panel(title: str, unit: str, query: str, legend: str = "", meaning: str = "") -> Panel:
    """A panel of one query."""
    return Panel(title, unit, [Series(query, legend)], meaning)


def p95(histogram: str, labels: str, by: str = "") -> str:
    """The query for a histogram's P95 within five minutes, by these labels."""
    groups = ", ".join(filter(None, (by, "le")))
    return f"histogram_quantile(0.95, sum by ({groups}) (rate({histogram}_bucket{labels}[5m])))"

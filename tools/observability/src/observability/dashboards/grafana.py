"""Dashboards as Grafana loads them, by its own SDK."""

from collections.abc import Iterator
from itertools import count

from grafana_foundation_sdk.builders import dashboard as grafana
from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DataSourceRef

from observability.dashboards.boards import Board, Panel, Row

_SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
_HEIGHT, _WIDTH = 8, 12


def grafana_json(board: Board) -> str:
    """The dashboard's JSON; the data source is a variable, so that it fits any Grafana with a Prometheus."""
    source = grafana.DatasourceVariable("source").label("Prometheus").type("prometheus")
    builder = (
        grafana.Dashboard(board.title)
        .uid(board.uid)
        .tags(["cartwheel"])
        .readonly()
        .time("now-1h", "now")
        .refresh("30s")
        .timezone("utc")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(source)
    )
    numbers = count(1)
    for row in board.rows:
        builder = _with_row(builder, row, numbers)
    return JSONEncoder(sort_keys=True, indent=2).encode(builder.build()) + "\n"


def _with_row(builder: grafana.Dashboard, row: Row, numbers: Iterator[int]) -> grafana.Dashboard:
    builder = builder.with_row(grafana.Row(row.title).id(next(numbers)))
    for panel in row.panels:
        builder = builder.with_panel(_panel(panel, next(numbers)))
    return builder


def _panel(panel: Panel, number: int) -> Timeseries:
    legend = VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
    built = (
        Timeseries()
        .id(number)
        .title(panel.title)
        .description(panel.meaning)
        .unit(panel.unit)
        .min(0)
        .height(_HEIGHT)
        .span(_WIDTH)
        .datasource(_SOURCE)
        .fill_opacity(8)
        .legend(legend)
    )
    for target in _targets(panel):
        built = built.with_target(target)
    return built


def _targets(panel: Panel) -> Iterator[Dataquery]:
    for number, series in enumerate(panel.series):
        query = Dataquery().expr(series.query).ref_id(chr(ord("A") + number)).datasource(_SOURCE)
        yield query.legend_format(series.legend) if series.legend else query

"""A panel asks for what is exported, is current, and is on a dashboard that somebody looks for."""

import json
from pathlib import Path

import pytest
from observability.dashboards.__main__ import texts
from observability.dashboards.boards import Board, Row, panel
from observability.dashboards.committed import outdated, targets_in, write
from observability.dashboards.grafana import grafana_json
from observability.queries import routes_nobody_has, unknown_metrics

from .test_alerts import EXPORTED, RECORDED, SERVICES, routes_of

TARGETS = list(targets_in())
TEXTS = texts()


def test_every_panel_asks_for_what_is_exported() -> None:
    """A misspelt name is an empty panel, which looks like peace."""
    assert unknown_metrics((target.query for target in TARGETS), EXPORTED | RECORDED) == []


def test_every_panel_selects_routes_that_exist() -> None:
    """As the label `route` has them."""
    routes = list(routes_of(SERVICES))

    assert [found for target in TARGETS for found in routes_nobody_has(target.query, routes)] == []


def test_every_service_has_a_dashboard_and_all_of_them_share_three() -> None:
    """One for a service, one of the business, one of the queues, one of the servers."""
    assert set(TEXTS) == {f"{name}.json" for name in (*SERVICES, "business", "queues", "servers")}


def test_the_committed_dashboards_are_what_the_code_makes() -> None:
    """What Grafana loads is the file."""
    assert outdated(TEXTS) == []


@pytest.mark.parametrize("name", TEXTS)
def test_panels_of_a_dashboard_have_numbers_and_queries_letters_of_their_own(name: str) -> None:
    """Grafana mixes up those that share one."""
    panels = json.loads(TEXTS[name])["panels"]
    letters = [[target["refId"] for target in found.get("targets", ())] for found in panels]

    assert len({found["id"] for found in panels}) == len(panels)
    assert all(len(set(found)) == len(found) for found in letters)


def test_a_changed_a_missing_and_a_left_over_dashboard_are_noticed(tmp_path: Path) -> None:
    """The guard above can fail, and writing mends it."""
    write({"a.json": "1", "b.json": "2", "old.json": "3"}, tmp_path)
    now = {"a.json": "1", "b.json": "changed", "c.json": "new"}

    assert outdated(now, tmp_path) == ["b.json", "c.json", "old.json"]

    write(now, tmp_path)
    assert outdated(now, tmp_path) == []


def test_a_panel_whose_metric_nobody_exports_is_noticed(tmp_path: Path) -> None:
    """Also when it is read from the JSON that Grafana loads."""
    board = Board("x", "X", [Row("Row", [panel("Panel", "s", "rate(nobody_has_this_total[5m])")])])
    write({"x.json": grafana_json(board)}, tmp_path)

    assert unknown_metrics((target.query for target in targets_in(tmp_path)), EXPORTED) == ["nobody_has_this_total"]

"""Datadog's dashboard and monitors ask for what the agent makes of our metrics, events and routes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from contracts.registry import EVENTS

from .modules import ROOT
from .test_alerts import EXPORTED, RUNBOOKS, SERVICES, routes_of

FOLDER = ROOT / "deploy/observability/datadog"
DASHBOARD = yaml.safe_load((FOLDER / "cart-system.yaml").read_text())
MONITORS = yaml.safe_load((FOLDER / "cart-alerts.yaml").read_text())["monitors"]
TYPES = set(EVENTS)
ROUTES = {re.sub(r"[^a-z0-9_:./-]", "_", route.lower()) for route in routes_of(SERVICES)}


def queries() -> Iterator[str]:
    """Every query of the dashboard and of the monitors."""
    for widget in DASHBOARD["widgets"]:
        yield from (request["q"] for request in widget["definition"]["requests"])
    yield from (monitor["query"] for monitor in MONITORS)


def faults_of(query: str) -> list[str]:
    """The metrics, types of events and routes in a query that there are not."""
    metrics = re.findall(r"cartwheel\.([a-z_]+)(\.count)?\{", query)
    types = re.findall(r"\btype:([a-z0-9_.]+)", query)
    routes = [route for group in re.findall(r"route IN \(([^)]*)\)", query) for route in group.split(",")]
    return [
        *(f"{name}{suffix}" for name, suffix in metrics if not _is_exported(name, bool(suffix))),
        *(found for found in types if found not in TYPES),
        *(found for found in routes if found not in ROUTES),
        *([] if metrics else ["no metric"]),
    ]


def test_every_query_asks_for_what_there_is() -> None:
    """By the names that the agent gives to counters and histograms."""
    assert [fault for query in queries() for fault in faults_of(query)] == []


def test_there_are_four_widgets_and_three_monitors() -> None:
    """Those that operations.md names, "Also in the seeds"."""
    assert len(DASHBOARD["widgets"]) == 4
    assert [monitor["name"] for monitor in MONITORS] == [
        "Cart Add Item Latency High",
        "Inventory Hold Failures",
        "Cart Abandonment Rate Spike",
    ]


@pytest.mark.parametrize("monitor", MONITORS, ids=lambda monitor: monitor["name"])
def test_a_monitor_has_its_critical_threshold_in_its_query_a_runbook_and_receivers(monitor: dict[str, Any]) -> None:
    """Datadog refuses a monitor whose query has another threshold."""
    assert monitor["query"].endswith(f"> {monitor['options']['thresholds']['critical']}")
    (runbook,) = re.findall(r"docs/runbooks/(\w+\.md)", monitor["message"])
    assert (RUNBOOKS / runbook).exists()
    assert "@slack-ecommerce-alerts" in monitor["message"]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("sum:cartwheel.outbox_published.count{*}", None),
        ("sum:cartwheel.outbox_published{*}", "outbox_published"),
        ("p95:cartwheel.outbox_published_seconds{*}", "outbox_published_seconds"),
        ("sum:cartwheel.outbox_published.count{type:cart.vanished.v1}", "cart.vanished.v1"),
        ("p95:cartwheel.db_transaction_seconds{route IN (/api/nowhere)}", "/api/nowhere"),
        ("sum:cart.created{*}", "no metric"),
    ],
)
def test_what_there_is_not_is_noticed(query: str, fault: str | None) -> None:
    """The guard above can fail: for a counter, a histogram, an event, a route and a name of somebody else."""
    assert faults_of(query) == ([fault] if fault else [])


def _is_exported(name: str, is_count: bool) -> bool:
    wanted = {f"{name}_total", f"{name}_count"} if is_count else {name, f"{name}_bucket"}
    return bool(wanted & EXPORTED)

"""An alert asks for what is exported, is shown to fire, and tells its reader what to do."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from manifests.reading import load_manifests
from observability import exporters
from observability.queries import metrics_in, routes_nobody_has, unknown_metrics
from servicekit.cli.metrics_document import metrics_of

from .modules import ROOT

FOLDER = ROOT / "deploy/observability/prometheus"
RUNBOOKS = ROOT / "docs/runbooks"
SERVICES = [manifest.name for manifest in load_manifests(ROOT)]
EXPORTED = {series for metric in metrics_of(SERVICES) for series in metric.series} | exporters.METRICS


def rules(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Every rule of the folder, recording and alerting."""
    for path in sorted([*folder.glob("*.yml"), *folder.glob("alerts/*.yml")]):
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


RULES = list(rules(FOLDER))
ALERTS = [rule for rule in RULES if "alert" in rule]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}


def test_every_rule_asks_for_what_is_exported() -> None:
    """A misspelt name is not an error to Prometheus: the alert would be silent for ever."""
    assert unknown_metrics((rule["expr"] for rule in RULES), EXPORTED | RECORDED) == []


def test_every_rule_selects_routes_that_exist() -> None:
    """As the label `route` has them: with the names of their parameters."""
    routes = list(routes_of(SERVICES))

    assert [found for rule in RULES for found in routes_nobody_has(rule["expr"], routes)] == []


def test_every_alert_has_a_severity_a_summary_and_its_runbook() -> None:
    """By the alert's name, so that a page leads to what to do."""
    for alert in ALERTS:
        assert alert["labels"]["severity"] in ("warning", "critical")
        assert alert["annotations"]["summary"]
        assert alert["annotations"]["runbook_url"] == f"docs/runbooks/{alert['alert']}.md"


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    """A page without advice, and advice that nothing leads to."""
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == {alert["alert"] for alert in ALERTS}


def test_every_alert_is_shown_to_fire() -> None:
    """With each severity and each label of its own, in the tests that promtool runs."""
    shown = [sample["labels"] for sample in samples(FOLDER)]

    assert [name for alert in ALERTS for name in [not_shown(alert, shown)] if name] == []


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ('sum by (le, route) (rate(a_bucket{status=~"5.."}[5m])) > 0.1', {"a_bucket"}),
        ("x:y:p95_5m > 1.1 * (x:y:p95_5m offset 1d) and b_total == 1", {"x:y:p95_5m", "b_total"}),
        ('up{job="a"} == 0 or topk(3, c)', {"up", "c"}),
    ],
)
def test_the_metrics_of_a_query_are_found(query: str, read: set[str]) -> None:
    """Neither functions, nor labels, nor durations are."""
    assert metrics_in(query) == read


def test_what_nobody_has_is_noticed() -> None:
    """The guards above can fail: for a metric, a route and an alert that no test shows."""
    alert = {"alert": "Slow", "labels": {"severity": "critical", "operation": "add"}}

    assert unknown_metrics(["up + missing_total"], {"other"}) == ["missing_total"]
    assert list(routes_nobody_has('a{route=~"/api/(x|y)/{id}"}', ["/api/x/{id}"])) == []
    assert list(routes_nobody_has('a{route=~"/api/(x|y)/{id}"}', ["/api/z/{id}"])) == ["/api/(x|y)/{id}"]
    assert not_shown(alert, ['{alertname="Slow", severity="warning", operation="add"}']) == "Slow critical"
    assert not_shown(alert, ['{alertname="Slow", severity="critical", operation="add"}']) is None


def samples(folder: Path) -> Iterator[Mapping[str, Any]]:
    """What the tests of the folder expect to fire."""
    for path in sorted(folder.glob("tests/*.yml")):
        for test in yaml.safe_load(path.read_text())["tests"]:
            for query in test["promql_expr_test"]:
                yield from query["exp_samples"]


def not_shown(alert: Mapping[str, Any], shown: list[str]) -> str | None:
    """The alert's name and severity, unless one of these samples is of it."""
    labels = {name: value for name, value in alert["labels"].items() if name != "compared"}
    wanted = [f'alertname="{alert["alert"]}"', *(f'{name}="{value}"' for name, value in labels.items())]
    if any(all(part in sample for part in wanted) for sample in shown):
        return None
    return f"{alert['alert']} {alert['labels']['severity']}"


def routes_of(services: list[str]) -> Iterator[str]:
    """Every route of the services, those between them too."""
    for service in services:
        for path in sorted((ROOT / "services" / service).glob("openapi*.json")):
            yield from json.loads(path.read_text())["paths"]

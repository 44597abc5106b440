"""What a person is paged with, and which alerts silence others."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from observability.paths import ALERTMANAGER, RULES
from observability.rules import Rule, rules_in

COMMITTED: dict[str, Any] = yaml.safe_load(ALERTMANAGER.read_text())
AMTOOL = pytest.mark.skipif(
    shutil.which("amtool") is None, reason="amtool is not installed: make alerts-check does that"
)


def paged(tmp_path: Path, *summaries: str) -> str:
    """What PagerDuty is told of a group of alerts of one name, as Alertmanager's own tool renders it."""
    alerts = [{"status": "firing", "labels": {}, "annotations": {"summary": each}} for each in summaries]
    common = {"summary": summaries[0]} if len(set(summaries)) == 1 else {}
    data = {
        "status": "firing",
        "alerts": alerts,
        "groupLabels": {"alertname": "LatencyHigh", "service": "cart"},
        "commonAnnotations": common,
    }
    (tmp_path / "none.tmpl").touch()
    (tmp_path / "data.json").write_text(json.dumps(data))
    [receiver] = [each for each in COMMITTED["receivers"] if "pagerduty_configs" in each]
    rendered = subprocess.run(
        [
            "amtool",
            "template",
            "render",
            f"--template.glob={tmp_path}/*.tmpl",
            f"--template.data={tmp_path}/data.json",
            f"--template.text={receiver['pagerduty_configs'][0]['description']}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return rendered.stdout.strip()


@AMTOOL
def test_alerts_of_a_group_are_paged_together(tmp_path: Path) -> None:
    """No annotation is common to two alerts whose sentences differ, and PagerDuty refuses a page that says nothing."""
    assert paged(tmp_path, "P95 is 3 s") == "LatencyHigh: P95 is 3 s"
    assert paged(tmp_path, "P95 is 3 s", "P99 is 4 s") == "LatencyHigh: P95 is 3 s; P99 is 4 s"


def grouped_by(rule: Rule) -> set[str]:
    """The labels by which an alert's expression tells one series from another, but for a histogram's."""
    found = re.findall(r"\b(?:by|on) \(([^)]*)\)", rule.query)
    return {label.strip() for part in found for label in part.split(",")} - {"le"}


def silenced_across(alerts: list[Rule], equal: set[str]) -> list[str]:
    """The alerts whose page about one thing would silence the warning about another."""
    severities: dict[str, set[str]] = {}
    for rule in alerts:
        severities.setdefault(rule.name, set()).add(dict(rule.labels)["severity"])
    both = {name for name, found in severities.items() if len(found) > 1}
    return sorted({rule.name for rule in alerts if rule.name in both and not grouped_by(rule) <= equal})


def test_a_page_silences_the_warning_about_the_same_thing_alone() -> None:
    """A page about one server leaves the warning about the next one alone."""
    alerts = [rule for rule in rules_in(RULES) if rule.is_alert]
    [inhibition] = [each for each in COMMITTED["inhibit_rules"] if each["target_matchers"] == ["severity = warning"]]

    assert silenced_across(alerts, set(inhibition["equal"])) == []
    assert "RedisMemoryHigh" in silenced_across(alerts, {"alertname", "service", "role"})

"""Prometheus' rules reach a cluster as they are, and ask there for what somebody measures."""

import re
from pathlib import Path

import pytest
from manifests.kubernetes import alerts
from manifests.kubernetes.operated import RENAMED

OBSERVABILITY = Path(__file__).parents[4] / "deploy" / "observability"
RULES = """\
groups:
  - name: errors
    rules:
      - alert: ServerErrors
        expr: up == 0
"""


def measured_by_the_operator(metric: str) -> bool:
    """Whether PostgreSQL's operator has it, under a name that is renamed to this one."""
    return any(
        name == metric or (name == "$1" and re.fullmatch(regex, f"cnpg_{metric}") is not None)
        for _, regex, name in RENAMED
    )


def test_a_file_of_rules_is_an_object_with_its_groups(tmp_path: Path) -> None:
    """Nothing is added to a rule and nothing is left out."""
    place = tmp_path / alerts.SOURCE
    (place / "alerts").mkdir(parents=True)
    for file in (place / "recording.yml", place / "alerts" / "errors.yml"):
        file.write_text(RULES)

    found = alerts.files(tmp_path)

    assert [*found] == ["rules-recording", "rules-errors"]
    assert found["rules-errors"][0]["metadata"]["name"] == "cartwheel-errors"
    assert found["rules-errors"][0]["spec"] == {
        "groups": [{"name": "errors", "rules": [{"alert": "ServerErrors", "expr": "up == 0"}]}]
    }


def test_what_is_asked_of_postgresql_is_measured_by_its_operator() -> None:
    """An alert or a panel under another name than the operator's would stay quiet for good."""
    files = [*OBSERVABILITY.glob("prometheus/**/*.yml"), *OBSERVABILITY.glob("grafana/*.json")]
    names = {name for file in files for name in re.findall(r"\bpg_[a-z_]+", file.read_text())}

    assert names
    assert [name for name in sorted(names) if not measured_by_the_operator(name)] == []


@pytest.mark.parametrize("metric", ["pg_locks_count", "pg_settings_work_mem"])
def test_what_the_operator_has_under_no_name_is_found(metric: str) -> None:
    """The check can fail."""
    assert not measured_by_the_operator(metric)

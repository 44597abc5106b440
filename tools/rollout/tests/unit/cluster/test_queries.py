"""The thresholds' queries on series, as Prometheus' own promtool computes them; `make alerts-check` installs it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rollout.cluster.thresholds import THRESHOLDS, Threshold

CANARY = 'service="cart",track="canary"'
REQUESTS = "http_server_request_duration_seconds"
SERIES = {
    f'{REQUESTS}_count{{{CANARY},status="200"}}': "0+88x60",
    f'{REQUESTS}_count{{{CANARY},status="503"}}': "0+12x60",
    f'{REQUESTS}_bucket{{{CANARY},le="5"}}': "0+80x60",
    f'{REQUESTS}_bucket{{{CANARY},le="10"}}': "0+100x60",
    f'{REQUESTS}_bucket{{{CANARY},le="+Inf"}}': "0+100x60",
    f"db_pool_timeouts_total{{{CANARY}}}": "0x30 1x30",
    f"up{{{CANARY}}}": "1x40 0x20",
}
OTHERS = {
    f'{REQUESTS}_count{{service="cart",track="stable",status="503"}}': "0+1000x60",
    'up{service="cart",track="stable"}': "0x60",
    'db_pool_timeouts_total{service="pricing",track="canary"}': "0+9x60",
}
ERRORS, SLOW, POOL, SCRAPES = THRESHOLDS


def above(threshold: Threshold, minute: str, *, is_above: bool) -> dict[str, Any]:
    """Whether a query is above its threshold's limit at a time; series change after 7.5 and 10 minutes."""
    expression = f"({threshold.query.format(of=CANARY)}) > bool {threshold.limit}"
    return {"expr": expression, "eval_time": minute, "exp_samples": [{"labels": "{}", "value": int(is_above)}]}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed: make alerts-check does that")
def test_prometheus_computes_what_the_thresholds_say(tmp_path: Path) -> None:
    """Of the canary's series alone: what the version beside it does, and another service, changes nothing."""
    scrapes = {"expr": SCRAPES.query.format(of=CANARY), "eval_time": "10m15s", "exp_samples": []}
    tests = [
        above(ERRORS, "8m", is_above=True),
        above(SLOW, "8m", is_above=True),
        above(POOL, "7m", is_above=False),
        above(POOL, "9m", is_above=True),
        scrapes,
        above(SCRAPES, "11m", is_above=True),
    ]
    series = [{"series": name, "values": values} for name, values in (SERIES | OTHERS).items()]
    document = {
        "rule_files": [],
        "evaluation_interval": "15s",
        "tests": [{"interval": "15s", "input_series": series, "promql_expr_test": tests}],
    }
    (tmp_path / "tests.yml").write_text(json.dumps(document))

    command = ["promtool", "test", "rules", "tests.yml"]
    judged = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert judged.returncode == 0, judged.stdout + judged.stderr

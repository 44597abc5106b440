"""Quotes that an engine recorded replay to what they were, whatever engines came after it (rules.md 5)."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from quote import replay


def recorded_by(engine: int) -> list[dict[str, Any]]:
    """What was kept of an engine: the inputs, and what they came to when it was the newest."""
    return [json.loads(text) for text in (Path(__file__).parent / f"engine_{engine}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("recorded", recorded_by(2), ids=range(len(recorded_by(2))))
def test_what_engine_2_priced_replays_as_it_was(recorded: dict[str, Any]) -> None:
    """Recorded before there were bundles."""
    quoted = replay(json.dumps(recorded["inputs"]))

    assert asdict(quoted.totals) == recorded["totals"]
    assert [[str(one.promotion_id), one.amount] for one in quoted.discounts] == recorded["discounts"]
    assert (quoted.engine_version, quoted.bundles) == (2, ())


@pytest.mark.parametrize("recorded", recorded_by(3), ids=range(len(recorded_by(3))))
def test_what_engine_3_priced_replays_as_it_was(recorded: dict[str, Any]) -> None:
    """With bundles beside promotions and codes; engine 2 would have taken no bundle off."""
    quoted = replay(json.dumps(recorded["inputs"]))
    before = replay(json.dumps({**recorded["inputs"], "engineVersion": 2}))

    assert asdict(quoted.totals) == recorded["totals"]
    assert [[str(one.promotion_id), one.amount] for one in quoted.discounts] == recorded["discounts"]
    assert [[one.id, one.discount] for one in quoted.bundles] == recorded["bundles"]
    assert (quoted.engine_version, before.engine_version, before.bundles) == (3, 2, ())

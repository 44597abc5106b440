"""What `make load` asks for and how it judges: counts, limits, routes, and the same baselines as the k6 script's."""

import json
import re
from collections import Counter
from typing import Final
from uuid import UUID

import pytest
from localservers.home import REPOSITORY
from simulator.tokens import Tokens

from bench.baselines.judging import SHOPPERS_ROW, as_markdown, failures_of, row_of, summary, verdicts
from bench.baselines.plan import BASELINES, HOURS, arrivals_of
from bench.baselines.shopping import Shopping
from bench.carts import GuestCart, Shoppers
from bench.histogram import Histogram
from bench.load.schedule import arrivals
from bench.result import Load, Measurement
from bench.shop import Shop

SHOP: Final = Shop(UUID(int=1), UUID(int=2), ("mug", "apron", "blanket"))
LIMITS: Final = {"add item": 30, "apply discount": 5, "session merge": 20, "hold": 30}
"""Requests a minute of one shopper; 60 of whatever else is limited."""


class Remembered(Shoppers):
    """Shoppers whose carts nobody made."""

    async def filled(self, count: int) -> list[GuestCart]:
        """So many carts with three lines."""
        return await self._make(count)

    async def _make(self, count: int) -> list[GuestCart]:
        return [GuestCart(f"{number:032x}", f"token-{number}", ("a", "b", "c")) for number in range(count)]


def _shopping() -> Shopping:
    services = {name: f"http://{name}" for name in ("cart", "upsell", "analytics")}
    return Shopping(services, Tokens("a" * 32, "b" * 32), SHOP, Remembered("http://cart", SHOP))


def _measured(operation: str, milliseconds: int, where: str = SHOPPERS_ROW, failed: int = 0) -> Measurement:
    statuses = {"200": 100} | ({"500": failed} if failed else {})
    load = Load(1.0, statuses, Histogram.of([(milliseconds * 1000, 100)]), 0.1)
    return Measurement(where, operation, "open, 100/s", load, {})


def test_an_hour_is_sent_at_its_own_rate() -> None:
    """A minute of the peak has a sixtieth of its hour; what comes less often than that comes once."""
    normal, _, peak = HOURS

    assert {one.operation: one.count for one in arrivals_of(peak, 60)} == {
        "create cart": 833,
        "add item": 2_500,
        "totals": 3_333,
        "analytics overview": 16,
    }
    assert {one.operation: one.count for one in arrivals_of(normal, 10)}["analytics overview"] == 1
    for load in HOURS:
        for one in arrivals_of(load, 60):
            assert len(list(arrivals(one.rate, 60))) == one.count


@pytest.mark.parametrize("operation", [baseline.operation for baseline in BASELINES])
async def test_requests_are_routes_of_ours_and_within_the_limits(operation: str) -> None:
    """A load that is refused by the limiter measures nothing."""
    shopping = _shopping()
    requests = [text.decode() for text in await shopping.requests(operation, 240)]
    requested = {tuple(text.split(" ", 2)[:2]) for text in requests}
    document = REPOSITORY / "services" / shopping.service_of(operation) / "openapi.json"
    routes = [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", r"[^/]+", path)))
        for path, methods in json.loads(document.read_text())["paths"].items()
        for method in methods
    ]

    assert all(any(method == known and path.fullmatch(to) for known, path in routes) for method, to in requested)
    if operation not in ("create cart", "totals", "analytics overview"):
        assert len(requests) >= 240
        by_shopper = Counter(re.findall(r"^(?:x-session-token|authorization): (.*?)\r?$", "\n".join(requests), re.M))
        assert max(by_shopper.values()) <= LIMITS.get(operation, 60)


def test_the_k6_script_has_the_same_baselines() -> None:
    """Those of both that are in both: k6 has no merging and no overview."""
    script = (REPOSITORY / "deploy/load/cart.js").read_text()
    of_k6 = {
        name.replace("_", " "): tuple(map(int, numbers.split(",")))
        for name, numbers in re.findall(r"^  (\w+): \[([\d, ]+)\],$", script, re.M)
    }

    assert {one.operation: one.limits for one in BASELINES if one.p50 is not None} == of_k6


def test_a_slow_answer_is_over_and_a_refused_one_failed() -> None:
    """Only what failed is a fault of the run; a slow operation is named."""
    measured = [
        _measured("create cart", 19),
        _measured("add item", 100),
        _measured("analytics overview", 499),
        _measured("hold", 10, failed=3),
        _measured("totals", 3, where=row_of("peak")),
    ]

    assert [(one.baseline.operation, one.text) for one in verdicts(measured)] == [
        ("create cart", "ok"),
        ("add item", "over: P50, P95"),
        ("hold", "3 failed"),
        ("analytics overview", "ok"),
    ]
    assert failures_of(measured) == 3
    assert summary(measured) == (
        "3 of 4 operations within their baselines (over: add item); 500 requests answered, 3 failed"
    )
    assert "| add item | 100 | 100.0 / 30 | 100.0 / 80 | 100.0 / 150 | over: P50, P95 |" in as_markdown(measured)
    assert "| peak | totals | 100.00 | 3.0 | 3.0 | 3.0 | 0 |" in as_markdown(measured)

"""What a drill says and how it exits: a request that failed or an event that is lost cannot pass."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from rollout import __main__ as command_line
from rollout.drill.accounting import Balance
from rollout.drill.plans import Plan
from rollout.drill.report import Findings, sentence
from rollout.drill.requests import Noting, RequestLog, Sent, percentile
from rollout.drill.rolling import Exchange
from rollout.drill.versions import Version
from rollout.errors import Refused
from simulator.reconciliation.figures import Figure
from typer.testing import CliRunner, Result

GOOD = Findings(
    title="rollback drill",
    began=100.0,
    seconds=2.0,
    exchanges=[Exchange("cart", "upgraded", "abc", began=100.0, ended=101.0)],
    log=RequestLog([Sent(100.5, 0.010), Sent(100.6, 0.020), Sent(101.5, 0.030)]),
    wrong=[],
    figures=[Figure("USD created", 3, 3)],
    balance=Balance(events=7, commands=5),
)
BAD = [
    (
        replace(GOOD, log=RequestLog([Sent(100.5, 0.010, "GET /api/public/cart: 503")])),
        "1 times GET /api/public/cart: 503",
    ),
    (replace(GOOD, balance=Balance(7, 5, lost=1, faults=["x never handled 1 events"])), "x never handled 1 events"),
    (replace(GOOD, figures=[Figure("USD created", 3, 2)]), "USD created: shoppers saw 3, analytics counted 2"),
    (replace(GOOD, wrong=["Conflict: 409"]), "Conflict: 409"),
]


def test_a_drill_without_a_fault_has_passed() -> None:
    """One line has all the figures; the table has the requests of each exchange."""
    assert GOOD.faults == []
    assert GOOD.verdict() == (
        "rollback drill: 1 exchanges, 3 requests at 2/s, 0 failed, P50 20 ms, P99 30 ms; 5 commands and 7 events,"
        " 0 lost, 0 doubled; 1 of 1 figures equal; passed"
    )
    assert [list(column.cells) for column in GOOD.table().columns][5:] == [["2"], ["0"], ["20"]]


def test_each_exchange_says_at_once_what_failed_meanwhile() -> None:
    """Who watches a drill need not wait for its end to see that it will not pass."""
    log = RequestLog([Sent(100.5, 0.010, "GET /api/public/cart: 503"), Sent(100.6, 0.020), Sent(101.5, 0.030)])

    assert sentence(GOOD.exchanges[0], log) == "cart upgraded (abc) in 1.0 s: 2 requests, 1 failed"


@pytest.mark.parametrize(("findings", "fault"), BAD)
def test_each_fault_is_said_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, findings: Findings, fault: str
) -> None:
    """A request that failed, an event that is lost, a figure that differs, an answer that a shopper did not expect."""
    ended = drilled(monkeypatch, tmp_path, findings)

    assert fault in ended.stdout
    assert ended.stdout.rstrip().endswith("FAILED")
    assert ended.exit_code == 1


def test_a_drill_that_passed_ends_with_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So that a pipeline goes on."""
    assert drilled(monkeypatch, tmp_path, GOOD).exit_code == 0


@pytest.fixture(autouse=True)
def commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository with one commit, HEAD."""

    def commit_of(ref: str) -> str:
        if ref != "HEAD":
            raise Refused(f"{ref} names no commit of this repository")
        return "c0ffee"

    monkeypatch.setattr(command_line, "commit_of", commit_of)


def drilled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, findings: Findings) -> Result:
    """The command, with a drill that finds this."""

    async def run(*_: object) -> Findings:
        return findings

    monkeypatch.setattr(command_line, "run", run)
    monkeypatch.setattr(command_line, "prepare", lambda commit, place, log: Version(commit, place))
    monkeypatch.setenv("CARTWHEEL_DRILL_HOME", str(tmp_path))
    return CliRunner().invoke(command_line.app, ["drill", "--from", "HEAD"])


@pytest.mark.parametrize(
    "arguments", [["drill", "--from", "no-such-tag"], ["drill", "carts"], ["rolling-restart", "x"]]
)
def test_what_does_not_exist_is_refused_with_a_sentence(arguments: Sequence[str]) -> None:
    """Before anything is started."""
    refused = CliRunner().invoke(command_line.app, arguments)

    assert refused.exit_code == 1
    assert "names no commit" in refused.stderr or "there is no service" in refused.stderr


def test_a_dry_run_says_the_plan_and_does_nothing() -> None:
    """Each service, in the order in which it would be exchanged."""
    said = CliRunner().invoke(command_line.app, ["drill", "cart", "upsell", "--from", "HEAD", "--dry-run"])

    assert said.exit_code == 0
    assert [line.split()[:2] for line in said.stdout.splitlines()[1:]] == [
        ["upgrade", "cart"],
        ["upgrade", "upsell"],
        ["roll", "cart"],
        ["roll", "upsell"],
    ]


def test_a_version_without_a_service_is_refused(tmp_path: Path) -> None:
    """It could not be rolled back to."""
    plan = Plan("drill", ["cart"], rate=1, shops=1, pause_seconds=0, rolls_back=True)

    with pytest.raises(Refused, match="abc has no service cart"):
        plan.check(Version("abc", tmp_path))


async def test_silence_and_5xx_and_429_are_faults_and_refusals_are_not() -> None:
    """Ids are left out, so that one fault is counted as one."""
    log = RequestLog()
    answers = iter([200, 409, 503, 429])

    def answer(request: httpx.Request) -> httpx.Response:
        if (status := next(answers, None)) is None:
            raise httpx.ReadError("closed")
        return httpx.Response(status)

    async with httpx.AsyncClient(transport=Noting(httpx.MockTransport(answer), log)) as client:
        for _ in range(4):
            await client.get("http://shop/api/public/cart/01a2")
        with pytest.raises(httpx.ReadError):
            await client.get("http://shop/api/public/cart")

    assert dict(log.faults) == {
        "GET /api/public/cart/…: 503": 1,
        "GET /api/public/cart/…: 429": 1,
        "GET /api/public/cart: ReadError": 1,
    }
    assert len(log.sent) == 5


def test_a_percentile_is_a_time_that_was_seen() -> None:
    """The nearest rank; of nothing it is 0."""
    sent = [Sent(0, seconds / 100) for seconds in range(1, 101)]

    assert (percentile(sent, 0.5), percentile(sent, 0.99), percentile([], 0.99)) == (0.5, 0.99, 0.0)

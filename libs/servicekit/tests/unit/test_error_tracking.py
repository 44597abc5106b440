"""Unforeseen errors are reported where a DSN points, and nothing personal with them (rules.md 35)."""

import subprocess
import sys
from collections.abc import Generator

import pytest
from servicekit.ids import new_token
from servicekit.observability import error_tracking
from servicekit.settings import ServiceSettings
from servicekit.testing import make_settings

from ..error_receiver import ErrorReceiver, error_receiver
from ..notes import NOWHERE, notes_app, notes_client

TRACE = "0af7651916cd43dd8448eb211c80319c"
NAME = "Lovelace"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def receiver() -> Generator[ErrorReceiver]:
    """Where reports go."""
    with error_receiver() as receiver:
        yield receiver


def settings(**fields: object) -> ServiceSettings:
    """Settings of the notes service."""
    return make_settings(ServiceSettings, NOWHERE, NOWHERE.postgres_url, **fields)


async def test_an_error_of_a_route_arrives_once_with_its_trace(receiver: ErrorReceiver) -> None:
    """With its calls, its route and its request; without address, token, path, headers or variables."""
    token = new_token()
    async with notes_client(notes_app(sentry_dsn=receiver.dsn, sentry_release="1.4.0")) as client:
        answer = await client.get(f"/secret/{token}", headers={"traceparent": TRACEPARENT, "x-private": NAME})
        refused = await client.get("/missing")

    assert (answer.status_code, refused.status_code) == (500, 404)
    [event] = receiver.events
    assert event["contexts"]["trace"]["trace_id"] == TRACE
    assert event["tags"]["request_id"] == answer.headers["x-request-id"]
    assert (event["transaction"], event["release"]) == ("notes GET /secret/{token}", "1.4.0")
    [error] = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("RuntimeError", "[redacted] could not use [redacted]")
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert not any("vars" in frame for frame in error["stacktrace"]["frames"])
    for personal in (token, "ada@example.org", NAME, "203.0.113.7"):
        assert personal not in receiver.text


def test_of_an_error_with_a_cause_nothing_is_quoted(receiver: ErrorReceiver) -> None:
    """Of each error in the chain only the first line of its text goes, as in a log."""
    stop = error_tracking.start(settings(sentry_dsn=receiver.dsn), "notes")
    try:
        try:
            raise ValueError(f"refused\nDETAIL: Failing row contains ({NAME})")
        except ValueError as cause:
            raise RuntimeError("not kept") from cause
    except RuntimeError as error:
        error.add_note(f"asked by {NAME}")
        error_tracking.report(error, "notes.keep", TRACEPARENT, handler="notes.keep")
    stop()

    [event] = receiver.events
    assert [part["value"] for part in event["exception"]["values"]] == ["refused", "not kept"]
    assert event["contexts"]["trace"]["trace_id"] == TRACE
    assert NAME not in receiver.text


def test_a_storm_of_errors_is_no_storm_of_reports(receiver: ErrorReceiver) -> None:
    """What is above the bound is left to the logs."""
    stop = error_tracking.start(settings(sentry_dsn=receiver.dsn), "notes")
    for number in range(error_tracking.MOST_A_MINUTE + 5):
        error_tracking.report(RuntimeError(f"number {number}"), "notes.storm")
    stop()

    assert 0 < len(receiver.events) <= error_tracking.MOST_A_MINUTE


def test_without_a_dsn_the_library_is_not_imported() -> None:
    """Nor after an error: whoever does not report pays for nothing."""
    code = (
        "import sys; from servicekit.observability import error_tracking; from servicekit.process import startup;"
        "from servicekit.roles import server, worker_process; from types import SimpleNamespace;"
        "error_tracking.start(SimpleNamespace(sentry_dsn=None), 'notes');"
        "error_tracking.report(RuntimeError('x'), 'notes');"
        "sys.exit('sentry_sdk' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

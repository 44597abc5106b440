"""Logs: one JSON object a line, nothing personal or secret in it (rules.md 35)."""

import logging as standard
from collections.abc import Generator

import asyncpg
import orjson
import pytest
import structlog
from contracts.cart import CartViewed
from pydantic import ValidationError
from servicekit.ids import new_token
from servicekit.observability import causality, logging
from servicekit.observability.redaction import REDACTED
from servicekit.testing import mint_jwt

from .test_callers import COMPANY

TOKEN = new_token()
NAME = "Ada Lovelace"


@pytest.fixture(autouse=True)
def configured(capsysbinary: pytest.CaptureFixture[bytes]) -> Generator[None]:
    """Logs as a process of the service has them, put back afterwards."""
    root = standard.getLogger()
    handlers, level = root.handlers, root.level
    logging.configure("INFO", "notes")
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


def lines(capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, object]]:
    """What was written."""
    return [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_a_line_says_when_where_and_for_which_request(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Everything that belongs to one request can be found by its id."""
    token = causality.correlation_id.set("request-1")
    structlog.get_logger().info("cart merged", lines=3)
    causality.correlation_id.reset(token)

    (line,) = lines(capsysbinary)
    assert (line["event"], line["lines"], line["service"]) == ("cart merged", 3, "notes")
    assert line["request_id"] == "request-1"
    assert str(line["time"]).endswith("Z")


@pytest.mark.parametrize("secret", ["ada@example.org", TOKEN, mint_jwt(COMPANY, "ada")])
def test_secrets_are_blanked_wherever_they_stand(capsysbinary: pytest.CaptureFixture[bytes], secret: str) -> None:
    """In the message, in a value, in something nested, in the text of an exception, in a library's own line."""
    log = structlog.get_logger()
    log.info(f"about {secret}", value=secret, nested={"deep": [secret]}, pair=(secret, 1))
    try:
        raise ValueError(f"no room for {secret}")
    except ValueError:
        log.exception("failed")
    standard.getLogger("library").warning("it said %s", secret)

    written = lines(capsysbinary)
    assert len(written) == 3
    assert secret not in repr(written)


def test_a_traceback_leaves_out_the_values_that_an_error_quotes(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The row of a refused statement, and the input of a validation; the calls and the constraint are there."""
    refused = asyncpg.CheckViolationError('violates check constraint "carts_total"')
    refused.detail = f"Failing row contains ({NAME})."
    try:
        try:
            CartViewed.model_validate({"currency": NAME})
        except ValidationError as invalid:
            raise refused from invalid
    except asyncpg.CheckViolationError:
        structlog.get_logger().exception("failed")

    (line,) = lines(capsysbinary)
    assert NAME in str(refused)
    assert NAME not in repr(line)
    shown = str(line["exception"])
    assert shown.endswith('CheckViolationError: violates check constraint "carts_total"')
    assert "ValidationError: does not fit at " in shown
    assert __file__ in shown


@pytest.mark.parametrize("name", ["authorization", "cookie", "session_token", "password", "email", "body", "headers"])
def test_some_names_are_never_shown(capsysbinary: pytest.CaptureFixture[bytes], name: str) -> None:
    """Whatever their value looks like."""
    structlog.get_logger().info("received", **{name: "hunter2"})

    assert lines(capsysbinary)[0][name] == REDACTED


def test_what_is_below_the_level_is_not_written(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Nor is a noisy library's chatter."""
    structlog.get_logger().debug("detail")
    standard.getLogger("httpx").info("request sent")

    assert lines(capsysbinary) == []

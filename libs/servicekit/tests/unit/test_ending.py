"""No process ends, and no part of one, without a line that says why."""

import asyncio
from collections.abc import Sequence

import pytest
from servicekit.observability.ending import PartEnded, lasting, logged_end
from servicekit.testing import poll
from structlog.testing import capture_logs


@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "Broken pipe"), asyncio.CancelledError(), RuntimeError("no such column")]
)
def test_whatever_ends_a_process_is_logged(error: BaseException) -> None:
    """Errors that the command line's library passes over in silence as well."""
    with capture_logs() as logs, pytest.raises(SystemExit) as end, logged_end("worker"):
        raise error

    assert end.value.code == 1
    assert [line["event"] for line in logs] == ["process_starting", "process_failed"]
    assert logs[1]["error"].startswith(type(error).__name__)


@pytest.mark.parametrize(("code", "events"), [(3, ["process_failed"]), (0, [])])
def test_a_status_is_passed_on(code: int, events: list[str]) -> None:
    """A server that could not listen has logged why, and says with which status it ends."""
    with capture_logs() as logs, pytest.raises(SystemExit) as end, logged_end("api"):
        raise SystemExit(code)

    assert end.value.code == code
    assert [line["event"] for line in logs] == ["process_starting", *events]


def test_a_process_that_was_asked_to_stop_says_that_it_has() -> None:
    """The line tells a stop from a kill."""
    with capture_logs() as logs, logged_end("worker"):
        pass

    assert [line["event"] for line in logs] == ["process_starting", "process_stopped"]


async def test_a_part_that_somebody_else_cancelled_has_failed() -> None:
    """A group of tasks would take it for done, and the rest would go on without."""

    async def cancelled_by_a_library() -> None:
        raise asyncio.CancelledError

    with capture_logs() as logs, pytest.raises(PartEnded, match="the relay was cancelled"):
        await lasting("the relay", cancelled_by_a_library(), asyncio.Event())

    assert [line["event"] for line in logs] == ["part_failed"]


async def test_a_part_that_ends_too_early_has_failed() -> None:
    """Nobody had asked it to stop."""

    async def over() -> None: ...

    with pytest.raises(PartEnded, match="the relay ended"):
        await lasting("the relay", over(), asyncio.Event())


async def test_a_part_that_fails_is_logged_before_the_others_have_ended() -> None:
    """What is in hand elsewhere may take its time, in which the process may be killed; it is logged once."""
    still_at_it = asyncio.Event()

    async def broken() -> None:
        raise RuntimeError("no such column")

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await still_at_it.wait()

    async def worker(stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(lasting("consuming carts", broken(), stop))
            group.create_task(lasting("the relay", slow(), stop))

    with capture_logs() as logs:
        working = asyncio.create_task(lasting("the worker", worker(stop := asyncio.Event()), stop))
        await poll(lambda: _first(logs))
        assert not working.done()
        still_at_it.set()
        with pytest.raises(ExceptionGroup):
            await working

    assert [(line["event"], line["part"], line["error"]) for line in logs] == [
        ("part_failed", "consuming carts", "RuntimeError: no such column")
    ]


async def _first(logs: Sequence[object]) -> bool:
    return bool(logs)


async def test_a_part_may_end_after_the_stop_and_when_it_is_cancelled() -> None:
    """That is what was wanted."""
    stop = asyncio.Event()
    stopping = asyncio.create_task(lasting("the relay", stop.wait(), stop))
    cancelled = asyncio.create_task(lasting("the relay", asyncio.Event().wait(), stop))
    await asyncio.sleep(0)

    cancelled.cancel()
    stop.set()

    await stopping
    with pytest.raises(asyncio.CancelledError):
        await cancelled

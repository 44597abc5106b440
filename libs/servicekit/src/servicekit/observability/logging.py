"""Structured logs: one JSON object a line on standard output, with ids, never with personal data (rules.md 35)."""

import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from servicekit.observability import causality, telemetry
from servicekit.observability.error_line import traceback_lines
from servicekit.observability.redaction import redact


def write_line(line: bytes) -> None:
    """Write one line to standard output, at once and as a whole."""
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


class _Lines:
    """What structlog writes to; a level makes no difference any more."""

    def msg(self, line: bytes) -> None:
        write_line(line)

    debug = info = warning = error = critical = msg


class _Handler(logging.Handler):
    """What the standard library writes to."""

    def emit(self, record: logging.LogRecord) -> None:
        write_line(self.format(record).encode())


def configure(level: str, service: str) -> None:
    """Send structlog's and the standard library's records through one chain; idempotent."""
    chain: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _add_origin(service),
        structlog.processors.ExceptionRenderer(_traceback),
        redact,
    ]
    structlog.configure(
        processors=[*chain, structlog.processors.JSONRenderer(serializer=_line)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: _Lines(),
        cache_logger_on_first_use=True,
    )
    _adopt_standard_library(level, chain)


def _adopt_standard_library(level: str, chain: list[Processor]) -> None:
    """Libraries log through `logging`; uvicorn's own access log is off, ours says more."""
    handler = _Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *chain],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=lambda *args, **kw: _line(*args, **kw).decode()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.getLevelNamesMapping()[level], logging.INFO))
    for noisy in ("httpx", "httpcore", "aio_pika", "aiormq", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _traceback(exc_info: ExcInfo) -> str:
    return "\n".join(traceback_lines(exc_info[1]))


def _line(event: EventDict, default: Any = None, **_: Any) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_APPEND_NEWLINE)


def _add_origin(service: str) -> Processor:
    def add(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        if (request_id := causality.correlation_id.get()) is not None:
            event.setdefault("request_id", request_id)
        if (trace_id := telemetry.trace_id()) is not None:
            event["trace_id"] = trace_id
        return event

    return add

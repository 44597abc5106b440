"""The newest traces, in memory; safe to use from several threads."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from observability.traces.spans import Span

MOST_TRACES = 5_000
MOST_SPANS = 2_000
"""Of one trace; further ones are left out."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans of one trace that have arrived, the earliest first; there is at least one."""

    spans: Sequence[Span]

    @property
    def id(self) -> str:
        """In hex, as logs have it."""
        return self.spans[0].trace

    @property
    def root(self) -> Span:
        """The first span without a parent here; a caller from outside may have one that we do not know."""
        known = {span.id for span in self.spans}
        return next((span for span in self.spans if span.parent not in known), self.spans[0])

    @property
    def start(self) -> int:
        """When its first span began."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """When its last span ended."""
        return max(span.end for span in self.spans)

    @property
    def milliseconds(self) -> float:
        """From its first span's begin to its last one's end."""
        return (self.end - self.start) / 1e6

    @property
    def services(self) -> list[str]:
        """Who took part, in the order of appearance."""
        return list(dict.fromkeys(span.service for span in self.spans))

    @property
    def errors(self) -> int:
        """How many of its spans failed."""
        return sum(span.failed for span in self.spans)

    def tree(self) -> Iterator[tuple[int, Span]]:
        """Every span once, with its depth: each below its parent, the earliest first."""
        known = {span.id for span in self.spans}
        children: dict[str, list[Span]] = defaultdict(list)
        for span in self.spans:
            children[span.parent if span.parent in known and span.parent != span.id else ""].append(span)
        waiting = [(0, span) for span in reversed(children[""])]
        seen: set[str] = set()
        while waiting:
            depth, span = waiting.pop()
            if span.id in seen:
                continue
            seen.add(span.id)
            yield depth, span
            waiting += [(depth + 1, child) for child in reversed(children[span.id])]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which traces a person wants to see."""

    text: str = ""
    service: str = ""
    at_least_ms: float = 0.0
    only_errors: bool = False

    def takes(self, trace: Trace) -> bool:
        """Whether a trace is wanted: `text` is part of a span's name or of a value of its attributes."""
        return (
            (not self.service or self.service in trace.services)
            and trace.milliseconds >= self.at_least_ms
            and (not self.only_errors or trace.errors > 0)
            and (not self.text or any(_has(span, self.text.lower()) for span in trace.spans))
        )


class Store:
    """Keeps the newest traces by the arrival of their first span."""

    def __init__(self) -> None:
        self._traces: OrderedDict[str, list[Span]] = OrderedDict()
        self._lock = Lock()

    def add(self, spans: Iterable[Span]) -> None:
        """Keep these spans; the oldest traces go when there are too many."""
        with self._lock:
            for span in spans:
                kept = self._traces.setdefault(span.trace, [])
                if len(kept) < MOST_SPANS:
                    kept.append(span)
            while len(self._traces) > MOST_TRACES:
                self._traces.popitem(last=False)

    def find(self, trace_id: str) -> Trace | None:
        """One trace, or None."""
        with self._lock:
            spans = self._traces.get(trace_id)
            return _trace(spans) if spans else None

    def search(self, wanted: Filter) -> list[Trace]:
        """The traces that a filter takes, the newest first."""
        found = [trace for trace in self._all() if wanted.takes(trace)]
        return sorted(found, key=lambda trace: trace.start, reverse=True)

    def linking_to(self, trace_id: str) -> list[Trace]:
        """The traces that point to this one: what a timer did later about it."""
        return [
            trace
            for trace in self._all()
            if trace.id != trace_id and any(trace_id in span.links for span in trace.spans)
        ]

    def services(self) -> list[str]:
        """Everybody who sent a span that is kept."""
        return sorted({span.service for trace in self._all() for span in trace.spans})

    def _all(self) -> list[Trace]:
        with self._lock:
            return [_trace(spans) for spans in self._traces.values()]


def _trace(spans: Sequence[Span]) -> Trace:
    return Trace(tuple(sorted(spans, key=lambda span: (span.start, -span.end))))


def _has(span: Span, text: str) -> bool:
    return text in span.name.lower() or any(text in value.lower() for _, value in span.attributes)

"""The pages: the list of traces with its filter, and one trace as a waterfall.

Plain HTML without scripts: whatever a span is called, it is text here. Rows open with the keyboard as with the mouse.
"""

import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from observability.traces.spans import Event, Span
from observability.traces.store import Filter, Trace

MOST_ROWS = 200
_COLOURS = ("#1f5fa8", "#a8500f", "#2d7a35", "#8a2f86", "#8a6d00", "#a3243b", "#157a7a", "#4f4fa8")
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:78rem;padding:1rem;color:#1c1c1c;background:#fff}
a{color:#174f91}:focus-visible{outline:3px solid #e08a00;outline-offset:1px}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #ddd;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
form{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;margin:1rem 0;
 padding:.7rem;background:#f3f3f3;border-radius:.4rem}
label{display:flex;flex-direction:column;font-size:.85rem}label.box{flex-direction:row;gap:.4rem;align-items:center}
input,select,button{font:inherit;padding:.25rem .45rem}
.error{color:#b00020;font-weight:600}.dim{color:#5b5b5b}code{font-size:.85em}
.service{display:inline-block;border-radius:.25rem;color:#fff;padding:0 .4rem;font-size:.8rem}
ol.spans{list-style:none;margin:0;padding:0}ol.spans>li{border-bottom:1px solid #e4e4e4}
summary{display:grid;grid-template-columns:minmax(18rem,44%) 1fr 6rem;gap:.6rem;
 align-items:center;cursor:pointer;padding:.2rem}
summary:hover{background:#f3f7fc}summary>.n{text-align:right;font-variant-numeric:tabular-nums}
.name{overflow-wrap:anywhere}.lane{position:relative;height:.9rem;background:#f1f1f1;border-radius:.2rem}
.bar{position:absolute;top:0;bottom:0;min-width:2px;border-radius:.2rem}
.more{margin:.2rem 0 .8rem 2rem;font-size:.9rem}.more td,.more th{padding:.1rem .6rem;border:0;overflow-wrap:anywhere}
"""


def list_page(traces: Sequence[Trace], wanted: Filter, services: Sequence[str]) -> str:
    """The newest traces that the filter takes, at most 200."""
    shown = traces[:MOST_ROWS]
    rows = "".join(_list_row(trace) for trace in shown)
    more = f", the newest {MOST_ROWS} shown" if len(traces) > MOST_ROWS else ""
    head = (
        "<tr><th>Began</th><th>Name</th><th>Services</th><th class=n>Spans</th><th class=n>Took</th><th>Trace</th></tr>"
    )
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if shown else "<p>None yet.</p>"
    return _page("Traces", f"<h1>Traces</h1>{_form(wanted, services)}<p>{len(traces)} traces{more}.</p>{table}")


def trace_page(trace: Trace, causes: Sequence[str], followers: Sequence[str], logs: Path) -> str:
    """One trace: every span with its place in time; `causes` are traces that it points to, `followers` point to it."""
    rows = "".join(_span_row(trace, depth, span) for depth, span in trace.tree())
    body = (
        f'<p><a href="/">All traces</a></p><h1>{escape(trace.root.name)}</h1>'
        f"<p>{escape(_clock(trace.start))}, {_took(trace.milliseconds)}, {len(trace.spans)} spans, "
        f"{_errors(trace)}, {_services(trace)}</p>"
        f"<p>Log lines: <code>grep -h {escape(trace.id)} {escape(str(logs))}/*.log</code></p>"
        f"{_linked('Caused by', causes)}{_linked('Led to', followers)}"
        f'<ol class="spans">{rows}</ol>'
    )
    return _page(trace.root.name, body)


def missing_page(trace_id: str) -> str:
    """What a trace that is not kept leads to."""
    text = (
        "It was not sampled, its spans are still on their way (five seconds), or newer ones took its place. "
        "Traces are gone when the stack stops."
    )
    return _page("No such trace", f'<p><a href="/">All traces</a></p><h1>No trace {escape(trace_id)}</h1><p>{text}</p>')


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main>{body}</main></html>"
    )


def _form(wanted: Filter, services: Sequence[str]) -> str:
    options = "".join(
        f"<option{' selected' if service == wanted.service else ''}>{escape(service)}</option>" for service in services
    )
    least = f"{wanted.at_least_ms:g}" if wanted.at_least_ms else ""
    return (
        '<form action="/" method="get">'
        f'<label>Name, attribute or trace id<input name="text" value="{escape(wanted.text)}" size="36"></label>'
        f'<label>Service<select name="service"><option value="">any</option>{options}</select></label>'
        f'<label>At least, ms<input name="least" value="{least}" inputmode="decimal" size="7"></label>'
        f'<label class="box"><input type="checkbox" name="errors"{" checked" if wanted.only_errors else ""}>'
        'with errors</label><button>Show</button><a href="/">Clear</a></form>'
    )


def _list_row(trace: Trace) -> str:
    return (
        f"<tr><td>{escape(_clock(trace.start))}</td>"
        f'<td class="name"><a href="/traces/{escape(trace.id)}">{escape(trace.root.name)}</a> '
        f"{_errors(trace) if trace.errors else ''}</td><td>{_services(trace)}</td>"
        f"<td class=n>{len(trace.spans)}</td><td class=n>{_took(trace.milliseconds)}</td>"
        f"<td><code>{escape(trace.id[:8])}…</code></td></tr>"
    )


def _span_row(trace: Trace, depth: int, span: Span) -> str:
    whole = max(trace.end - trace.start, 1)
    left = 100 * (span.start - trace.start) / whole
    width = max(100 * (span.end - span.start) / whole, 0.2)
    mark = ' <span class="error">error</span>' if span.failed else ""
    place = f"left:{min(left, 99.8):.2f}%;width:{min(width, 100 - left):.2f}%;background:{_colour(span.service)}"
    return (
        f'<li><details><summary><span class="name" style="padding-left:{min(depth, 12) * 1.1:.1f}rem">'
        f"{_badge(span.service)} {escape(span.name)}{mark}</span>"
        f'<span class="lane"><span class="bar" style="{place}"></span></span>'
        f'<span class="n">{_took(span.milliseconds)}</span></summary>{_more(trace, span)}</details></li>'
    )


def _more(trace: Trace, span: Span) -> str:
    details = [
        ("span", span.id),
        ("parent", span.parent or "none"),
        ("kind", span.kind),
        ("begins after", _took((span.start - trace.start) / 1e6)),
        *((("status", span.reason),) if span.reason else ()),
        *span.attributes,
        *(pair for event in span.events for pair in _event(trace, event)),
    ]
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in details)
    return f'<div class="more"><table><tbody>{rows}</tbody></table>{_linked("Links to", sorted(span.links))}</div>'


def _event(trace: Trace, event: Event) -> Iterator[tuple[str, str]]:
    yield f"event {event.name}", f"after {_took((event.at - trace.start) / 1e6)}"
    yield from ((f"{event.name}: {name}", value) for name, value in event.attributes)


def _linked(title: str, trace_ids: Sequence[str]) -> str:
    if not trace_ids:
        return ""
    links = ", ".join(f'<a href="/traces/{escape(found)}">{escape(found)}</a>' for found in trace_ids)
    return f"<p>{title}: {links}</p>"


def _services(trace: Trace) -> str:
    return " ".join(_badge(service) for service in trace.services)


def _badge(service: str) -> str:
    return f'<span class="service" style="background:{_colour(service)}">{escape(service)}</span>'


def _colour(service: str) -> str:
    return _COLOURS[zlib.crc32(service.encode()) % len(_COLOURS)]


def _errors(trace: Trace) -> str:
    return f'<span class="error">{trace.errors} failed</span>' if trace.errors else "none failed"


def _took(milliseconds: float) -> str:
    return f"{milliseconds / 1000:,.2f} s" if milliseconds >= 1000 else f"{milliseconds:,.1f} ms"


def _clock(nanoseconds: int) -> str:
    return f"{datetime.fromtimestamp(nanoseconds / 1e9, UTC):%H:%M:%S.%f}"[:-3] + " UTC"

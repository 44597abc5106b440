"""What a PromQL query refers to: the metrics it reads, the series it selects, and the routes among them."""

import re
from collections.abc import Iterable, Iterator, Sequence

KEYWORDS = frozenset({"and", "or", "unless", "offset", "bool"})
BUILT_IN = frozenset({"up"})
"""What Prometheus itself says of a target."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_BRACES = r"\{(?:[^{}\"]|\"(?:[^\"\\]|\\.)*\")*\}"
_NOT_METRICS = re.compile(r"\{[^{}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_NAME = re.compile(r"(?<![\w:.])([a-zA-Z_][\w:]*)(?!\s*\()(?![\w:])")
_ROUTE = re.compile(r'\broute=(~?)"([^"]+)"')


def metrics_in(query: str) -> set[str]:
    """The names of the series that a query reads."""
    bare = _NOT_METRICS.sub(" ", _QUOTED.sub('""', query))
    bare = re.sub(r"\boffset\s+\w+", " ", bare)
    return set(_NAME.findall(bare)) - KEYWORDS


def selectors_in(query: str) -> list[str]:
    """The selections of series in a query, each with its labels and once: `up{role="api"}`."""
    names = "|".join(sorted(map(re.escape, metrics_in(query)), key=len, reverse=True))
    if not names:
        return []
    found = re.finditer(rf"{_BRACES}|(?<![\w:])(?:{names})(?![\w:])(?:\s*{_BRACES})?", query)
    return list(dict.fromkeys(re.sub(r",\s+", ",", match[0]) for match in found if not match[0].startswith("{")))


def routes_nobody_has(query: str, routes: Sequence[str]) -> Iterator[str]:
    """The selections of routes in a query that match none of these."""
    for is_pattern, text in _ROUTE.findall(query):
        pattern = text.replace("{", r"\{").replace("}", r"\}") if is_pattern else re.escape(text)
        if not any(re.fullmatch(pattern, route) for route in routes):
            yield text


def unknown_metrics(queries: Iterable[str], known: set[str]) -> list[str]:
    """The metrics in the queries that nobody exports or records."""
    return sorted({name for query in queries for name in metrics_in(query)} - known - BUILT_IN)

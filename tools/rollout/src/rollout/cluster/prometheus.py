"""Prometheus' HTTP API: the only place that calls it."""

import math

import httpx

from rollout.errors import Refused

_TIMEOUT_SECONDS = 10


class Prometheus:
    """Answers queries at an address, such as http://prometheus.monitoring:9090."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS)

    def value(self, query: str) -> float | None:
        """Return the one number that an instant query gives; None without a series, and for 0 / 0.

        Raises Refused when no Prometheus answers.
        """
        try:
            answer = self._client.get(f"{self._url}/api/v1/query", params={"query": query})
            answer.raise_for_status()
            result = answer.json()["data"]["result"]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError) as silence:
            raise Refused(f"Prometheus does not answer at {self._url}: {silence}") from None
        value = float(result[0]["value"][1]) if result else math.nan
        return None if math.isnan(value) else value

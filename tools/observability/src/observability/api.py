"""Prometheus' HTTP API, and the receiver's list, as this check asks them."""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Scraped:
    """A target as Prometheus has it; `health` is "unknown" until it was scraped, then "up" or "down"."""

    service: str
    role: str
    health: str
    error: str


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule as Prometheus has it; `health` is "unknown" until it was evaluated, then "ok" or "err"."""

    name: str
    labels: tuple[tuple[str, str], ...]
    health: str
    error: str


class QueryRefused(Exception):
    """Prometheus cannot evaluate a query; the text is its reason."""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One Prometheus; `client` has its address as the base of paths."""

    client: httpx.AsyncClient

    async def targets(self) -> list[Scraped]:
        """Every target that Prometheus has found."""
        found = await self._get("targets")
        return [
            Scraped(target["labels"]["service"], target["labels"]["role"], target["health"], target["lastError"])
            for target in found["activeTargets"]
        ]

    async def rules(self) -> list[LoadedRule]:
        """Every rule that is loaded."""
        found = await self._get("rules")
        return [
            LoadedRule(
                rule["name"], tuple(sorted(rule.get("labels", {}).items())), rule["health"], rule.get("lastError", "")
            )
            for group in found["groups"]
            for rule in group["rules"]
        ]

    async def has_data(self, query: str) -> bool:
        """Whether a query has a series with a value now; raises QueryRefused."""
        found = await self._get("query", query=query)
        return any(sample["value"][1] != "NaN" for sample in found["result"])

    async def has_series(self, selector: str) -> bool:
        """Whether a selection has a series now, whatever its value."""
        return bool((await self._get("query", query=selector))["result"])

    async def _get(self, path: str, **parameters: str) -> Any:
        answer = await self.client.get(f"/api/v1/{path}", params=parameters)
        content = answer.json()
        if content["status"] != "success":
            raise QueryRefused(content["error"])
        return content["data"]


async def notifications(client: httpx.AsyncClient, alert: str, status: str, **labels: str) -> set[str]:
    """The receivers that got this alert with this status ("firing", "resolved") and these labels."""
    received = (await client.get("/")).json()
    wanted = {"alertname": alert, **labels}.items()
    return {
        notification["receiver"]
        for notification in received
        if notification["status"] == status and wanted <= notification["labels"].items()
    }

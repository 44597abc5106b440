"""Killing a request, a timer or a job at any of its database statements, its first and its COMMIT included."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from servicekit.db import units

_STATEMENTS = ("fetch", "fetchrow", "fetchval", "execute", "executemany")


@dataclass
class Cuts:
    """Cancels `victim` at its `left`th statement; None cancels nothing."""

    victim: asyncio.Task[Any] | None = None
    left: int | None = None

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Count every statement of this process until the patch is undone."""
        for name in _STATEMENTS:
            patch.setattr(units.Unit, name, self._counted(getattr(units.Unit, name)))
        context = units.TenantUnitContext.__mro__[1]
        for name in ("begin", "end"):
            patch.setattr(context, name, self._counted(getattr(context, name)))

    def _counted(self, statement: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*args: Any, **kwargs: Any) -> Any:
            self._count()
            return await statement(*args, **kwargs)

        return counted

    def _count(self) -> None:
        victim = self.victim
        if self.left is None or victim is None or asyncio.current_task() is not victim:
            return
        self.left -= 1
        if self.left == 0:
            self.left = None
            victim.cancel()

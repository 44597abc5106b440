"""The timers of carts: what was idle for long enough is abandoned or expired (rules.md 13)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from servicekit.db import Database, TenantUnit, Unit
from servicekit.db.database import is_unavailable
from servicekit.ids import new_id
from servicekit.observability import telemetry

from cart.carts import facts, lifecycle, repository, statements
from cart.carts.repository import Loaded
from cart.carts.rulebook import RuleBook

POSTPONED = timedelta(minutes=10)
"""When a cart that could not be moved on is tried again; until then it keeps no other cart waiting."""
BATCH = 200
"""Carts looked at at a time; a timer goes on until a batch comes back short."""

_Move = Callable[[Unit, Loaded, datetime, str | None], Awaitable[bool]]
"""Moves one cart on, unless it is early; the last argument is the traceparent of what happened to it before."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DueCarts:
    """Finds due carts over all companies, and moves each on in a transaction of its own company."""

    database: Database
    rules: RuleBook

    async def abandon_due(self, *, dry_run: bool = False) -> int:
        """Abandon what is due; how many were, or would be. Any number of runners may share the work."""
        return await self._run(statements.DUE_FOR_ABANDONMENT, self._abandon, dry_run)

    async def expire_due(self, *, dry_run: bool = False) -> int:
        """Expire what is due; how many were, or would be."""
        return await self._run(statements.DUE_FOR_EXPIRY, self._expire, dry_run)

    async def _run(self, timer_sql: str, move: _Move, dry_run: bool) -> int:
        moved = 0
        while True:
            async with self.database.system_unit() as unit:
                due = await repository.due(unit, timer_sql, unit.now, BATCH)
            found = sum(len(ids) for ids in due.values())
            if dry_run:
                return found
            for company_id, cart_ids in due.items():
                moved += await self._move_company(company_id, cart_ids, move)
            if found < BATCH:
                return moved

    async def _move_company(self, company_id: UUID, cart_ids: list[UUID], move: _Move) -> int:
        """Move one company's carts on together; when that fails, one by one, so that a broken cart keeps no other."""
        try:
            async with self.database.unit(company_id) as unit:
                return await self._move_all(unit, cart_ids, move)
        except Exception as error:
            if is_unavailable(error):
                raise
            return sum([await self._move_alone(company_id, cart_id, move) for cart_id in cart_ids])

    async def _move_alone(self, company_id: UUID, cart_id: UUID, move: _Move) -> int:
        try:
            async with self.database.unit(company_id) as unit:
                return await self._move_all(unit, [cart_id], move)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.error("cart cannot be moved on", cart_id=str(cart_id), error=f"{type(error).__name__}: {error}"[:500])
            async with self.database.unit(company_id) as unit:
                await repository.postpone(unit, cart_id, unit.now + POSTPONED)
            return 0

    async def _move_all(self, unit: TenantUnit, cart_ids: list[UUID], move: _Move) -> int:
        loaded, traces = await repository.load_due(unit, cart_ids), await repository.last_traces(unit, cart_ids)
        early = [found for found in loaded if not await move(unit, found, unit.now, traces.get(found.cart.id))]
        if early:
            await repository.push_checks(unit, [found.cart for found in early])
        return len(loaded) - len(early)

    async def _abandon(self, unit: Unit, loaded: Loaded, now: datetime, trace: str | None) -> bool:
        cart = loaded.cart
        if not lifecycle.is_abandoned(cart, now):
            cart.check_at = lifecycle.next_abandonment_check(cart, now)
            return False
        with telemetry.new_trace("abandon cart", trace):
            lifecycle.abandon(cart, new_id(), now)
            quote = await self.rules.price(unit, loaded, now)
            facts.abandoned(cart, quote, now)
            await repository.save(unit, cart, quote)
        return True

    async def _expire(self, unit: Unit, loaded: Loaded, now: datetime, trace: str | None) -> bool:
        cart = loaded.cart
        if cart.expires_at > now:
            cart.expiry_check_at = cart.expires_at
            return False
        with telemetry.new_trace("expire cart", trace):
            lifecycle.expire(cart, now)
            facts.expired(cart, now)
            await repository.save(unit, cart, await self.rules.price(unit, loaded, now))
        return True

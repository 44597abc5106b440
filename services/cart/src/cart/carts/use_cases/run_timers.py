"""The timers of carts: what was idle for long enough is abandoned or expired (rules.md 13)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from servicekit.db import Database, TenantUnit
from servicekit.db.database import is_unavailable
from servicekit.ids import new_id
from servicekit.observability import error_tracking, telemetry
from servicekit.observability.error_line import error_line

from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.pricing import price
from cart.carts.persistence import carts, timers
from cart.carts.persistence.selectors import Selector
from cart.rules.service import CompiledRulesCache

POSTPONED = timedelta(minutes=10)
"""When a cart that could not be moved on is tried again; until then it keeps no other cart waiting."""
BATCH = 200
"""Carts looked at at a time; a timer goes on until a batch comes back short."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timer:
    """Finds due carts and moves each on, unless it is early; then the next moment to look is noted on it."""

    due_sql: str
    span: str
    move: Callable[[Cart, ChangeContext], None]


def abandon_if_due(cart: Cart, context: ChangeContext) -> None:
    """Abandon a cart that was idle for the site's threshold."""
    if cart.is_abandoned(context.now):
        cart.abandon(context)
    else:
        cart.check_later(context.now)


def expire_if_due(cart: Cart, context: ChangeContext) -> None:
    """Expire a cart that was idle for the site's days."""
    if cart.expires_at <= context.now:
        cart.expire(context)
    else:
        cart.check_expiry_later()


ABANDONMENT = Timer(timers.FOR_ABANDONMENT, "abandon cart", abandon_if_due)
EXPIRY = Timer(timers.FOR_EXPIRY, "expire cart", expire_if_due)


@dataclass(frozen=True, slots=True)
class DueCarts:
    """Finds due carts over all companies, and moves each on in a transaction of its own company."""

    database: Database
    rules: CompiledRulesCache

    async def run(self, timer: Timer, *, dry_run: bool = False) -> int:
        """Move on what is due; how many were, or would be. Any number of runners may share the work."""
        moved = 0
        while True:
            async with self.database.system_unit() as unit:
                due = await timers.due(unit, timer.due_sql, unit.now, BATCH)
            found = sum(len(ids) for ids in due.values())
            if dry_run:
                return found
            for company_id, cart_ids in due.items():
                moved += await self._move_company(company_id, cart_ids, timer)
            if found < BATCH:
                return moved

    async def find_overlooked(self, *, dry_run: bool = False) -> int:
        """Let carts be looked at that an older version left without a moment; how many there are. Idempotent."""
        async with self.database.system_unit() as unit:
            return await timers.check_overlooked(unit, dry_run=dry_run)

    async def _move_company(self, company_id: UUID, cart_ids: list[UUID], timer: Timer) -> int:
        """Move one company's carts on together; when that fails, one by one, so that a broken cart keeps no other."""
        try:
            async with self.database.unit(company_id) as unit:
                return await self._move_all(unit, cart_ids, timer)
        except Exception as error:
            if is_unavailable(error):
                raise
            return sum([await self._move_alone(company_id, cart_id, timer) for cart_id in cart_ids])

    async def _move_alone(self, company_id: UUID, cart_id: UUID, timer: Timer) -> int:
        try:
            async with self.database.unit(company_id) as unit:
                return await self._move_all(unit, [cart_id], timer)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.error("cart_not_moved_on", cart_id=str(cart_id), error=error_line(error))
            error_tracking.report(error, "cart timers", cart_id=str(cart_id))
            async with self.database.unit(company_id) as unit:
                await timers.postpone(unit, cart_id, unit.now + POSTPONED)
            return 0

    async def _move_all(self, unit: TenantUnit, cart_ids: list[UUID], timer: Timer) -> int:
        """Move these carts on under their locks; those that somebody is changing at this moment are left for later.

        A cart whose hold is being changed is such a one too.
        """
        locked = await carts.load_locked(unit, Selector.open_by_ids(cart_ids), skip_locked=True)
        found = [loaded for loaded in locked if loaded.cart.hold_change is None]
        traces = await timers.last_traces(unit, cart_ids)
        context = ChangeContext("system", unit.now, new_id)
        early = []
        for loaded in found:
            timer.move(loaded.cart, context)
            if not loaded.cart.recorded:
                early.append(loaded.cart)
                continue
            with telemetry.new_trace(timer.span, traces.get(loaded.cart.id)):
                rules = await self.rules.at(unit, loaded.rules_version)
                await carts.save(unit, price(loaded.cart, rules, context.now))
        if early:
            await timers.push_checks(unit, early)
        return len(found) - len(early)

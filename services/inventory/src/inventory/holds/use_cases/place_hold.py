"""Placing a hold, in transactions of its own, because a refusal must commit before the second try."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from prometheus_client import Counter
from servicekit.db import Database, TenantUnit
from servicekit.errors import Conflict409
from servicekit.ids import new_id

from inventory.errors import HoldFailed, HoldLimitReached, InventoryError, ProductNotFound
from inventory.holds import domain
from inventory.holds.domain import HeldStock, Hold, HoldOrder, HoldPolicy, Placed
from inventory.holds.persistence import find_holds
from inventory.holds.persistence import place_hold as statements
from inventory.holds.persistence.fences import pass_fence
from inventory.holds.use_cases.expire_hold import expire_due_of, expire_of_cart
from inventory.stock import repository as stock
from inventory.stock.domain import Sellable, stock_draft

ResultT = TypeVar("ResultT")

FAILURES = Counter("inventory_hold_failures", "Holds refused because stock was short")

_ATTEMPTS = 4
"""One, one more after a refusal, one after the cart's own hold fell due, one after losing a race."""


class PlacedMeanwhile(Exception):
    """Another call placed a hold for the same cart between this one's reading and writing; nothing was changed."""


class OwnHoldDue(Exception):
    """The cart's hold is past its time and has to be expired before another can be placed; nothing was changed."""


async def place_hold(database: Database, company_id: UUID, order: HoldOrder, policy: HoldPolicy) -> Placed:
    """Place or replace a cart's hold, in a transaction of its own.

    When stock is short, holds past their time that have some of it are expired in a transaction of their own and the
    hold is tried once more (rules.md 17). Raises HoldFailed, HoldLimitReached, ProductNotFound, FencePassed for a late
    call; Conflict409 when other calls for the same cart keep coming in between.
    """
    return await placing(database, company_id, order, lambda unit: place_in(unit, order, policy))


async def placing(
    database: Database, company_id: UUID, order: HoldOrder, attempt: Callable[[TenantUnit], Awaitable[ResultT]]
) -> ResultT:
    """Attempt what places a hold, in a transaction of its own, as often as `place_hold` says; raises what it does.

    A refusal keeps its fence: an earlier call that is still under way finds itself late.
    """
    try:
        return await _attempts(database, company_id, order, attempt)
    except InventoryError:
        async with database.unit(company_id) as unit:
            await pass_fence(unit, order.cart_id, order.fence)
        raise


async def _attempts(
    database: Database, company_id: UUID, order: HoldOrder, attempt: Callable[[TenantUnit], Awaitable[ResultT]]
) -> ResultT:
    swept = False
    for _ in range(_ATTEMPTS):
        try:
            async with database.unit(company_id) as unit:
                await pass_fence(unit, order.cart_id, order.fence)
                return await attempt(unit)
        except HoldFailed:
            if swept or not await _sweep(database, company_id, order):
                FAILURES.inc()
                raise
            swept = True
        except OwnHoldDue:
            await _expire_own(database, company_id, order.cart_id)
        except PlacedMeanwhile:
            continue
    raise Conflict409


async def _sweep(database: Database, company_id: UUID, order: HoldOrder) -> bool:
    async with database.unit(company_id) as unit:
        return await expire_due_of(unit, list(order.quantities))


async def _expire_own(database: Database, company_id: UUID, cart_id: UUID) -> None:
    async with database.unit(company_id) as unit:
        await expire_of_cart(unit, cart_id)


async def place_in(unit: TenantUnit, order: HoldOrder, policy: HoldPolicy) -> Placed:
    """Take all that the cart wants, or nothing (rules.md 18).

    The same quantities again change nothing and answer the open hold; others replace it, new minus old. Raises
    ProductNotFound, HoldLimitReached, HoldFailed naming each short line, PlacedMeanwhile and OwnHoldDue.
    """
    await statements.lock_owner(unit, order.owner)
    now, others = await statements.moment_and_others(unit, order.owner, order.cart_id)
    current = await find_holds.active(unit, order.cart_id)
    if current and not current.is_open(now):
        raise OwnHoldDue
    if current and current.quantities() == order.quantities:
        return Placed(domain.state_of(current, now), is_new=False)
    if others >= policy.per_owner:
        raise HoldLimitReached
    wanted = await _wanted(unit, order)
    hold = _planned(unit, order, wanted, current, policy, now)
    drafts = [stock_draft(unit.company_id, variant, now) for variant in await _concerned(unit, wanted, current)]
    outcome = await statements.place(
        unit, hold, replaces=current, wanted=wanted, events=[domain.placed(hold, now), *drafts]
    )
    if outcome.short:
        raise HoldFailed(outcome.short)
    if not outcome.placed:
        raise PlacedMeanwhile
    return Placed(domain.state_of(hold, now), is_new=current is None)


async def _wanted(unit: TenantUnit, order: HoldOrder) -> list[tuple[Sellable, int]]:
    """The variants with their quantities, in the order of ids; raises ProductNotFound for one that is not there."""
    known = await stock.sellables(unit, list(order.quantities))
    if len(known) < len(order.quantities):
        raise ProductNotFound
    return [(known[variant_id], quantity) for variant_id, quantity in order.quantities.items()]


def _planned(
    unit: TenantUnit,
    order: HoldOrder,
    wanted: Sequence[tuple[Sellable, int]],
    current: Hold | None,
    policy: HoldPolicy,
    now: datetime,
) -> Hold:
    """The hold as it will be. Which warehouses give the stock is decided by the statement, under the rows' locks."""
    began = current.created_at if current else now
    return Hold(
        id=current.id if current else new_id(),
        company_id=unit.company_id,
        cart_id=order.cart_id,
        site_id=order.site_id,
        owner=order.owner,
        state="ACTIVE",
        version=current.version + 1 if current else 1,
        expires_at=domain.ends_at(now, began, policy.duration, policy.maximum),
        created_at=began,
        order_id=None,
        stock=tuple(HeldStock(variant.variant_id, None, variant.sku, quantity) for variant, quantity in wanted),
    )


async def _concerned(unit: TenantUnit, wanted: Sequence[tuple[Sellable, int]], current: Hold | None) -> list[Sellable]:
    """Every variant whose counters may move: those wanted, and those that the replaced hold gives back."""
    variants = {variant.variant_id: variant for variant, _ in wanted}
    gone = [line.variant_id for line in current.stock if line.variant_id not in variants] if current else []
    if current and gone:
        variants |= await stock.sellables(unit, gone)
    return [variants[variant_id] for variant_id in sorted(variants)]

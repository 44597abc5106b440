"""What is done with holds. Each function works in the transaction it is given; `use_cases/place_hold.py` opens some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import HoldPlaced
from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit
from servicekit.ids import new_id
from servicekit.messaging import outbox

from inventory.errors import HoldFailed, HoldLimitReached, HoldNotFound, HoldOver, ProductNotFound
from inventory.holds import domain, repository
from inventory.holds.domain import HeldStock, Hold
from inventory.stock import repository as stock
from inventory.stock.domain import Move, Sellable, stock_draft
from inventory.stock.service import take_for_order


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """The settings that rule holds: how long one lasts, at most in all, and how many an owner may have open."""

    duration: timedelta
    maximum: timedelta
    per_owner: int


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """What is to be held: quantities by variant, for a cart and its owner."""

    cart_id: UUID
    site_id: UUID
    owner: str
    quantities: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """The hold that a placement led to, and whether it is a new one."""

    state: HoldState
    is_new: bool


class PlacedMeanwhile(Exception):
    """Another call placed a hold for the same cart between this one's reading and writing; nothing was changed."""


class OwnHoldDue(Exception):
    """The cart's hold is past its time and has to be expired before another can be placed; nothing was changed."""


async def place(unit: TenantUnit, order: HoldOrder, policy: HoldPolicy) -> Placed:
    """Take all that the cart wants, or nothing (rules.md 18).

    The same quantities again change nothing and answer the open hold; others replace it, new minus old. Raises
    ProductNotFound, HoldLimitReached, HoldFailed naming each short line, PlacedMeanwhile and OwnHoldDue.
    """
    await repository.lock_owner(unit, order.owner)
    now, others = await repository.moment_and_others(unit, order.owner, order.cart_id)
    current = await repository.active(unit, order.cart_id)
    if current and not current.is_open(now):
        raise OwnHoldDue
    if current and current.quantities() == order.quantities:
        return Placed(domain.state_of(current, now), is_new=False)
    if others >= policy.per_owner:
        raise HoldLimitReached
    wanted = await _wanted(unit, order)
    hold = _planned(unit, order, wanted, current, policy, now)
    drafts = [stock_draft(unit.company_id, variant, now) for variant in await _concerned(unit, wanted, current)]
    outcome = await repository.place(
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


async def state_of_cart(unit: TenantUnit, cart_id: UUID) -> HoldState:
    """The cart's open hold, else its last one, else NONE."""
    hold, now = await repository.latest(unit, cart_id)
    return domain.state_of(hold, now)


async def extend(unit: TenantUnit, cart_id: UUID, policy: HoldPolicy) -> HoldState:
    """Give the cart's hold its full time again, up to the maximum since it was placed; raises HoldNotFound, HoldOver.

    An extension never shortens; one that gains nothing changes nothing.
    """
    hold, now = await repository.latest(unit, cart_id)
    if hold is None:
        raise HoldNotFound
    hold = await repository.active(unit, cart_id)
    if hold is None or not hold.is_open(now):
        raise HoldOver
    expires_at = domain.ends_at(now, hold.created_at, policy.duration, policy.maximum)
    if expires_at > hold.expires_at:
        await repository.set_expiry(unit, hold.id, expires_at)
        hold = replace(hold, expires_at=expires_at, version=hold.version + 1)
        await outbox.add(unit, domain.placed(hold, now))
    return domain.state_of(hold, now)


async def release(unit: TenantUnit, cart_id: UUID, reason: str) -> HoldState:
    """Give the cart's hold back; a cart without an ACTIVE one is left as it is."""
    holds = await repository.release(unit, cart_id, reason)
    await _give_back(unit, holds, [domain.released(hold, reason, unit.now) for hold in holds])
    return await state_of_cart(unit, cart_id)


async def release_some(unit: TenantUnit, limit: int, reason: str) -> int:
    """Give back up to `limit` of a company's holds; returns how many."""
    holds = await repository.release_some(unit, limit, reason)
    await _give_back(unit, holds, [domain.released(hold, reason, unit.now) for hold in holds])
    return len(holds)


async def expire_some(unit: TenantUnit, limit: int) -> int:
    """End up to `limit` of a company's holds that are past their time; returns how many."""
    holds = await repository.expire_some(unit, limit)
    await _expired(unit, holds)
    return len(holds)


async def expire_due_of(unit: TenantUnit, variant_ids: Sequence[UUID]) -> bool:
    """End the holds past their time that have these variants; says whether there were any, whoever ended them."""
    if not await repository.any_due(unit, variant_ids):
        return False
    await _expired(unit, await repository.expire_of_variants(unit, variant_ids))
    return True


async def expire_of_cart(unit: TenantUnit, cart_id: UUID) -> None:
    """End the cart's hold if it is past its time."""
    await _expired(unit, await repository.expire_of_cart(unit, cart_id))


async def commit_for_order(unit: TenantUnit, *, cart_id: UUID, order_id: str, ordered: Mapping[UUID, int]) -> None:
    """Let an order's stock leave the shelf: from the cart's open hold, else straight from stock (rules.md 19, 20).

    What the order needs beyond the hold is taken from stock too, what it does not need is given back. A cart whose hold
    was committed before is left alone, so the event may repeat what a command has done.
    """
    hold = await repository.commit(unit, cart_id, order_id)
    if hold is None:
        await expire_of_cart(unit, cart_id)
        last, _ = await repository.latest(unit, cart_id)
        if last is None or last.state != "COMMITTED":
            await take_for_order(unit, cart_id=cart_id, order_id=order_id, quantities=ordered)
        return
    commitment = domain.commit_to_order(hold, ordered)
    if commitment.beyond:  # all rows at once and in order, before any is changed
        await stock.lock(unit, [*hold.quantities(), *commitment.beyond])
    await _apply(unit, commitment.moves, [domain.committed(hold, order_id, unit.now)])
    if commitment.beyond:
        await take_for_order(unit, cart_id=cart_id, order_id=order_id, quantities=commitment.beyond)


async def open_hold_events(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[HoldPlaced]]:
    """HoldPlaced for the holds that are ACTIVE now, one by one after `after`: for `republish`."""
    holds = await repository.open_page(unit, after=after, limit=limit)
    return [domain.placed(hold, unit.now) for hold in holds]


async def _expired(unit: TenantUnit, holds: Sequence[Hold]) -> None:
    await _give_back(unit, holds, [domain.expired(hold, unit.now) for hold in holds])


async def _give_back(unit: TenantUnit, holds: Sequence[Hold], events: Sequence[RecordedEvent[Any]]) -> None:
    moves = [move for hold in holds for move in domain.giving_back(hold.stock)]
    if holds:
        await _apply(unit, moves, events)


async def _apply(unit: TenantUnit, moves: Sequence[Move], events: Sequence[RecordedEvent[Any]]) -> None:
    """Move the counters and publish the events, with a StockChanged for every variant that moved."""
    variant_ids = sorted({move.variant_id for move in moves})
    variants = await stock.sellables(unit, variant_ids)
    drafts = [stock_draft(unit.company_id, variants[variant_id], unit.now) for variant_id in variant_ids]
    await stock.move(unit, moves, [*events, *drafts])

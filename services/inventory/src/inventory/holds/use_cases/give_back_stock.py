"""Giving the stock of ended holds back."""

from collections.abc import Sequence
from typing import Any

from contracts.envelope import RecordedEvent
from servicekit.db import TenantUnit

from inventory.holds import domain
from inventory.holds.domain import Hold
from inventory.stock import repository as stock
from inventory.stock.domain import Move, stock_draft


async def give_back(unit: TenantUnit, holds: Sequence[Hold], events: Sequence[RecordedEvent[Any]]) -> None:
    """Make what these holds have free again, and publish that they ended."""
    moves = [move for hold in holds for move in domain.giving_back(hold.stock)]
    if holds:
        await move_stock(unit, moves, events)


async def move_stock(unit: TenantUnit, moves: Sequence[Move], events: Sequence[RecordedEvent[Any]]) -> None:
    """Move the counters and publish the events, with a StockChanged for every variant that moved."""
    variant_ids = sorted({move.variant_id for move in moves})
    variants = await stock.sellables(unit, variant_ids)
    drafts = [stock_draft(unit.company_id, variants[variant_id], unit.now) for variant_id in variant_ids]
    await stock.move(unit, moves, [*events, *drafts])

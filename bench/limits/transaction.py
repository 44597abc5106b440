"""The SQL of one add, as the cart service itself sends it: recorded once, then repeated for other carts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import asyncpg
from cart.carts.domain.intents import AddItem
from cart.carts.domain.lines import Wanted
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.requests import ChangeRequest
from cart.holds.use_cases.change_hold import HoldChanger
from cart.rules.service import CompiledRulesCache
from servicekit.db import Database, TenantUnit
from servicekit.ids import new_id

from bench.errors import BenchError

TOKEN_PREFIX = "bench-"  # noqa: S105  # opens only carts of the benchmark
"""The session of the n-th measured cart is opened by the SHA-256 of this and n."""

CART, SAVED_VERSION, VERSION = 1, 2, 4
LINE_ID, ACTIVITY_ID, EVENT_ID, AGGREGATE_ID, AGGREGATE_VERSION = 24, 38, 48, 51, 52
"""Where the arguments of the SAVE_SINGLE statement differ from cart to cart, counted from 0."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is sent between BEGIN and COMMIT; the arguments are those of the cart that was recorded."""

    begin: str
    read_sql: str
    read_args: Sequence[object]
    save_sql: str
    save_args: Sequence[object]

    def read_args_of(self, number: int) -> list[object]:
        """The arguments that read the n-th cart."""
        args = list(self.read_args)
        args[1], args[2] = token_hash(number), None
        return args

    def save_args_of(self, cart_id: UUID, version: int, line_id: UUID) -> list[object]:
        """The arguments that write a cart which was read at this version."""
        args = list(self.save_args)
        args[CART], args[SAVED_VERSION], args[VERSION] = cart_id, version, version + 1
        args[LINE_ID], args[ACTIVITY_ID], args[EVENT_ID] = line_id, new_id(), new_id()
        args[AGGREGATE_ID], args[AGGREGATE_VERSION] = cart_id, version + 1
        return args


def token_hash(number: int) -> bytes:
    """What opens the n-th measured cart."""
    return hashlib.sha256(f"{TOKEN_PREFIX}{number}".encode()).digest()


@dataclass(slots=True)
class _Statements:
    sent: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)


class _RecordingUnit(TenantUnit):
    """Keeps what is sent through it."""

    __slots__ = ("statements",)

    def __init__(self, unit: TenantUnit) -> None:
        super().__init__(unit.connection, unit.now, unit.company_id)
        self.statements = _Statements()

    async def fetchrow(self, sql: str, *args: object, timeout: float | None = None) -> asyncpg.Record | None:  # noqa: ASYNC109  # as in the class above it
        """Note the statement and run it."""
        self.statements.sent.append((sql, args))
        return await super().fetchrow(sql, *args, timeout=timeout)

    async def fetchval(self, sql: str, *args: object, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # the driver's own signature
        """Note the statement and run it."""
        self.statements.sent.append((sql, args))
        return await super().fetchval(sql, *args, timeout=timeout)


async def record(database: Database, company_id: UUID, product_id: UUID) -> Transaction:
    """Add once more what the first measured cart has, by the service's own code, and return what it sent.

    Raises BenchError when the service sends something else than one reading and one writing statement.
    """
    changer = CartChanger(CompiledRulesCache(), cast(HoldChanger, None))  # the measured carts hold no stock
    await _add(database, changer, company_id, product_id)  # reads the rules, which a warm process has
    (read_sql, read_args), *others = await _add(database, changer, company_id, product_id)
    if len(others) != 1 or others[0][1][SAVED_VERSION] != _less_one(others[0][1][VERSION]):
        raise BenchError("an add is no longer one reading and one writing statement: adapt bench/limits")
    save_sql, save_args = others[0]
    begin = f"BEGIN; SET LOCAL app.company_id='{company_id.hex}'; SET LOCAL lock_timeout='2s'"
    return Transaction(begin, read_sql, read_args, save_sql, save_args)


async def _add(
    database: Database, changer: CartChanger, company_id: UUID, product_id: UUID
) -> list[tuple[str, tuple[object, ...]]]:
    async with database.unit(company_id) as unit:
        recording = _RecordingUnit(unit)
        request = ChangeRequest(Selector.by_session(token_hash(1)), "shopper", unit.now)
        await changer.change_cart(recording, request, AddItem(Wanted(product_id, None, 1, {})))
    return recording.statements.sent


def _less_one(version: object) -> int | None:
    return version - 1 if isinstance(version, int) else None

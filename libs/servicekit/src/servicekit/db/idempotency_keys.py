"""The table of idempotency keys (rules.md 10): its statements, and the one place that says how long a key counts.

A use case that reads or writes the key within a statement of its own puts these fragments into it:

    LEFT JOIN idempotency_keys k ON k.company_id = $1 AND … AND {fresh("k")}
    INSERT INTO idempotency_keys (company_id, identity, key, request_hash, status, answer) SELECT … {TAKE_OVER}

`status` and `answer` are null inside the transaction that has reserved a key and not finished, and beyond it where an
upstream is called in between: such a row says which request the key is of, and only that one may finish it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from servicekit.db.units import Unit
from servicekit.errors import IdempotencyInProgress409, IdempotencyKeyReused422, ServiceError

LIFETIME_HOURS: Final = 24
LIFETIME: Final = timedelta(hours=LIFETIME_HOURS)
"""How long a key replays its answer; afterwards it is new again, whether or not its row was purged."""


def fresh(table: str = "idempotency_keys") -> str:
    """The condition that a key's row, of this table or alias, still counts."""
    return f"{table}.created_at >= now() - interval '{LIFETIME_HOURS} hours'"


TAKE_OVER: Final = f"""ON CONFLICT (company_id, identity, key) DO UPDATE
    SET request_hash = excluded.request_hash, status = excluded.status, answer = excluded.answer, created_at = now()
    WHERE NOT ({fresh()})
        OR (idempotency_keys.status IS NULL AND idempotency_keys.request_hash = excluded.request_hash)"""
"""The end of an INSERT: the row of a key that no longer counts, or that was reserved for this very request, is taken
over; one that counts stays as it is, and nothing is inserted. Who inserts nothing must have no effect (`taken`)."""

STORE: Final = f"""
INSERT INTO idempotency_keys (company_id, identity, key, request_hash, status, answer)
VALUES ($1, $2, $3, $4, $5, $6)
{TAKE_OVER}
"""
"""Store an answer under a key that was not reserved: company, then the fields of `SealedAnswer` in their order; stores
nothing when the key is another's."""

_RESERVE = f"""
INSERT INTO idempotency_keys (company_id, identity, key, request_hash) VALUES ($1, $2, $3, $4)
{TAKE_OVER}
RETURNING true
"""
_READ = f"""
SELECT request_hash, status, answer FROM idempotency_keys
 WHERE company_id = $1 AND identity = $2 AND key = $3 AND {fresh()}
"""
_FINISH = """
UPDATE idempotency_keys SET status = $4, answer = $5 WHERE company_id = $1 AND identity = $2 AND key = $3
"""

KeyRow = tuple[UUID, str, str]
"""The primary key of a row: company, identity, key."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What an earlier call under a key was answered, as its row has it: still sealed, None where none was yet."""

    request_hash: bytes
    status: int | None
    sealed: bytes | None


async def reserve(unit: Unit, row: KeyRow, request_hash: bytes) -> bool:
    """Take a key for this request; False when it is another's or has an answer.

    Committed before `finish`, it stays this request's, for which it may be taken again. Waits for a transaction that
    has it and is not finished; raises asyncpg.LockNotAvailableError after 2 s.
    """
    return bool(await unit.fetchval(_RESERVE, *row, request_hash))


async def stored_answer(unit: Unit, row: KeyRow) -> StoredAnswer | None:
    """What was answered under a key; None while there is no answer that counts."""
    record = await unit.fetchrow(_READ, *row)
    return None if record is None else StoredAnswer(record["request_hash"], record["status"], record["answer"])


async def taken(unit: Unit, row: KeyRow, request_hash: bytes) -> ServiceError:
    """The refusal of a request whose key was taken when its effect was written: to be raised, so that it is undone.

    IdempotencyKeyReused422, or IdempotencyInProgress409 where the same request took it, whose answer a retry gets.
    """
    stored = await stored_answer(unit, row)
    is_same = stored is None or stored.request_hash == request_hash
    return IdempotencyInProgress409() if is_same else IdempotencyKeyReused422()


async def finish(unit: Unit, row: KeyRow, status: int, sealed: bytes) -> None:
    """Store the answer under a key that this transaction has reserved."""
    await unit.execute(_FINISH, *row, status, sealed)

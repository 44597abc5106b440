"""Every statement on `promotions`. Deleted ones are kept for the usages that name them, and seen by nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from pricing.errors import CodeTaken409, PromotionNotFound404
from pricing.promotions.domain import Promotion, PromotionDraft, from_document, to_document

_LATELY = timedelta(days=31)
_COLUMNS = "id, code, rule, usage_limit, times_used, active, created_at, updated_at"


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[Promotion]:
    """At most `limit` promotions made before `after`, the newest first."""
    records = await unit.fetch(
        f"""SELECT {_COLUMNS} FROM promotions
             WHERE company_id = $1 AND deleted_at IS NULL AND ($2::uuid IS NULL OR id < $2)
             ORDER BY id DESC LIMIT $3""",
        unit.company_id,
        after,
        limit,
    )
    return [_promotion(record) for record in records]


async def get(unit: TenantUnit, promotion_id: UUID) -> Promotion:
    """One promotion, locked against other writers until the transaction ends; raises PromotionNotFound404."""
    record = await unit.fetchrow(
        f"SELECT {_COLUMNS} FROM promotions WHERE company_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE",
        unit.company_id,
        promotion_id,
    )
    return _promotion(_found(record))


async def by_code(unit: TenantUnit, code: str) -> Promotion | None:
    """The promotion that has this code, which must be in capitals."""
    record = await unit.fetchrow(
        f"SELECT {_COLUMNS} FROM promotions WHERE company_id = $1 AND code = $2 AND deleted_at IS NULL",
        unit.company_id,
        code,
    )
    return None if record is None else _promotion(record)


async def automatic(unit: TenantUnit) -> list[Promotion]:
    """Every promotion that needs no code and is switched on, the oldest first."""
    records = await unit.fetch(
        f"""SELECT {_COLUMNS} FROM promotions
             WHERE company_id = $1 AND deleted_at IS NULL AND code IS NULL AND active ORDER BY id""",
        unit.company_id,
    )
    return [_promotion(record) for record in records]


async def exist(unit: TenantUnit) -> bool:
    """Whether any promotion is switched on, with a code or without."""
    found = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM promotions WHERE company_id = $1 AND deleted_at IS NULL AND active)",
        unit.company_id,
    )
    return bool(found)


async def withdrawn(unit: TenantUnit) -> dict[UUID, datetime]:
    """Promotions with a code that ended, or will, by what an admin did lately, each with the moment; the newest 10,000.

    "Lately" is as long as a cart may keep a code's rule, and a day.
    """
    records = await unit.fetch(
        """SELECT id, CASE WHEN deleted_at IS NOT NULL OR NOT active THEN updated_at
                           ELSE (rule ->> 'endsAt')::timestamptz END AS ends_at
             FROM promotions
            WHERE company_id = $1 AND code IS NOT NULL AND updated_at > $2
              AND (deleted_at IS NOT NULL OR NOT active OR rule ->> 'endsAt' IS NOT NULL)
            ORDER BY updated_at DESC LIMIT 10000""",
        unit.company_id,
        unit.now - _LATELY,
    )
    return {record["id"]: record["ends_at"] for record in records}


async def changed(unit: TenantUnit, limit: int) -> list[Promotion]:
    """Promotions with a code, switched on, that an admin changed lately; the newest `limit` of them."""
    records = await unit.fetch(
        f"""SELECT {_COLUMNS} FROM promotions
             WHERE company_id = $1 AND code IS NOT NULL AND deleted_at IS NULL AND active AND updated_at > $2
               AND (rule ->> 'revision')::int > 0
             ORDER BY updated_at DESC, id LIMIT $3""",
        unit.company_id,
        unit.now - _LATELY,
        limit,
    )
    return [_promotion(record) for record in records]


async def insert(unit: TenantUnit, promotion_id: UUID, draft: PromotionDraft) -> Promotion:
    """Store a new promotion; raises CodeTaken409."""
    return await _write(
        unit,
        f"""INSERT INTO promotions (company_id, id, code, rule, usage_limit, times_used, active, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $7) RETURNING {_COLUMNS}""",
        promotion_id,
        draft,
    )


async def update(unit: TenantUnit, promotion_id: UUID, draft: PromotionDraft) -> Promotion:
    """Replace what an admin wrote; raises PromotionNotFound404 and CodeTaken409."""
    return await _write(
        unit,
        f"""UPDATE promotions SET code = $3, rule = $4, usage_limit = $5, active = $6, updated_at = $7
             WHERE company_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING {_COLUMNS}""",
        promotion_id,
        draft,
    )


async def delete(unit: TenantUnit, promotion_id: UUID) -> None:
    """Take a promotion away, which frees its code; raises PromotionNotFound404."""
    _found(
        await unit.fetchrow(
            """UPDATE promotions SET deleted_at = $3, updated_at = $3
                WHERE company_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id""",
            unit.company_id,
            promotion_id,
            unit.now,
        )
    )


async def count_uses(unit: TenantUnit, promotion_ids: Sequence[UUID]) -> bool:
    """Count one use of each promotion; returns whether that used up an automatic one.

    Rows are locked in the order of their ids, and no harder than the foreign key of a usage bears, so that two sales
    never wait for each other in a circle.
    """
    records = await unit.fetch(
        """WITH mine AS (
               SELECT id FROM promotions WHERE company_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE
           )
           UPDATE promotions SET times_used = times_used + 1 FROM mine
            WHERE promotions.company_id = $1 AND promotions.id = mine.id
           RETURNING code IS NULL AND deleted_at IS NULL AND times_used = usage_limit AS used_up""",
        unit.company_id,
        promotion_ids,
    )
    return any(record["used_up"] for record in records)


async def _write(unit: TenantUnit, sql: str, promotion_id: UUID, draft: PromotionDraft) -> Promotion:
    try:
        record = await unit.fetchrow(
            sql,
            unit.company_id,
            promotion_id,
            draft.code,
            to_document(draft.rule),
            draft.usage_limit,
            draft.active,
            unit.now,
        )
    except asyncpg.UniqueViolationError:
        raise CodeTaken409 from None
    return _promotion(_found(record))


def _found(record: asyncpg.Record | None) -> asyncpg.Record:
    if record is None:
        raise PromotionNotFound404
    return record


def _promotion(record: asyncpg.Record) -> Promotion:
    return Promotion(
        id=record["id"],
        code=record["code"],
        rule=from_document(record["id"], record["rule"], record["usage_limit"]),
        usage_limit=record["usage_limit"],
        times_used=record["times_used"],
        active=record["active"],
        created_at=record["created_at"],
        updated_at=record["updated_at"],
    )

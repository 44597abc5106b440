"""Moving ordered carts of two years ago into the archive (operations.md, "Jobs")."""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from servicekit.db import Database
from servicekit.db.database import is_unavailable
from servicekit.ids import new_id
from servicekit.jobs.job import JobResult

from cart.archive import parquet_rows, repository
from cart.archive.clients import ObjectStore, StoreAway
from cart.archive.domain import KEPT, Reserved, Written, object_key
from cart.carts.persistence import cleanup

log = structlog.get_logger()

BATCH: Final = 500
"""Carts of one object, and so of one transaction: a cart may have hundreds of lines."""
_KEY_BYTES: Final = 64
_FIRST: Final = UUID(int=0)
NO_BUCKET: Final = "ARCHIVE_BUCKET is not set: ordered carts stay in the database"


class NotAsWritten(Exception):
    """An object that was read back is not what was written; nothing was deleted for it."""


@dataclass(frozen=True, slots=True)
class _Walk:
    """The ordered carts of one company, as far as they were read."""

    company_id: UUID
    after: UUID = _FIRST


@dataclass(frozen=True, slots=True)
class CartArchiver:
    """Archives carts; without a store it only says so."""

    database: Database
    store: ObjectStore | None
    batch: int = BATCH

    async def run(self, *, dry_run: bool) -> JobResult:
        """Write ordered carts of two years ago to the store, read them back, and delete them; a dry run counts them.

        Companies take turns, an object and its transactions at a time. A run that was killed leaves whole carts: the
        next one writes the object that it had begun, and goes on. Of a company whose carts cannot be archived the
        others' are, and its error is raised at the end; a store that is away ends the run (StoreAway).
        """
        if self.store is None and not dry_run:
            log.warning("cart_archive_not_configured")
            return JobResult(0, {"archive": NO_BUCKET})
        before = self.database.clock.now() - KEPT
        async with self.database.system_unit() as unit:
            walks = deque(_Walk(company_id) for company_id in await cleanup.company_ids(unit))
        carts, objects, faults = 0, 0, list[Exception]()
        while walks:
            walk = walks.popleft()
            try:
                count, following = await self._step(walk, before, dry_run=dry_run)
            except Exception as fault:
                if is_unavailable(fault) or isinstance(fault, StoreAway):
                    raise
                faults.append(fault)
                continue
            carts, objects = carts + count, objects + (count > 0)
            if following is not None:
                walks.append(following)
        if faults:
            raise ExceptionGroup("companies whose carts could not be archived", faults)
        return JobResult(carts, {"objects": objects})

    async def _step(self, walk: _Walk, before: datetime, *, dry_run: bool) -> tuple[int, _Walk | None]:
        """Archive what the next object has; how many carts, and where to go on."""
        async with self.database.unit(walk.company_id) as unit:
            key = None if dry_run else await repository.unfinished_object(unit)
            if key is not None:
                following: _Walk | None = walk
            else:
                window = await repository.read_window(unit, before, walk.after, self.batch)
                following = None if window.is_last or window.last is None else _Walk(walk.company_id, window.last)
                if dry_run:
                    return len(window.old), following
                if window.old:
                    key = object_key(walk.company_id, new_id())
                    keys = [secrets.token_bytes(_KEY_BYTES) for _ in window.old]
                    await repository.reserve(unit, key, window.old, keys)
        count = 0 if key is None else await self._write_object(walk.company_id, key)
        return count, following

    async def _write_object(self, company_id: UUID, key: str) -> int:
        """Write what is reserved for an object, read it back, and let go of it here; how many carts."""
        if self.store is None:
            raise StoreAway(NO_BUCKET)
        async with self.database.unit(company_id) as unit:
            reserved = await repository.reserved(unit, key)
        written: list[Written] = []
        if reserved:
            file = await asyncio.to_thread(_file_of, reserved)
            await self.store.put(key, file)
            if await self.store.get(key) != file:
                raise NotAsWritten(key)
            written = await asyncio.to_thread(_compare, key, reserved, file)
        async with self.database.unit(company_id) as unit:
            return await repository.finish(unit, key, written)


def _file_of(reserved: list[Reserved]) -> bytes:
    return parquet_rows.write([parquet_rows.row_of(one) for one in reserved])


def _compare(key: str, reserved: list[Reserved], file: bytes) -> list[Written]:
    """Read the file and compare it with what is here, cart by cart; raises NotAsWritten."""
    try:
        rows = parquet_rows.read(file)
        keys = [one.personal_key for one in reserved]
        carts = [parquet_rows.cart_of(row, own) for row, own in zip(rows, keys, strict=True)]
    except (parquet_rows.RowDiffers, ValueError) as damaged:
        raise NotAsWritten(key) from damaged
    if carts != [one.cart for one in reserved]:
        raise NotAsWritten(key)
    return [Written(cart.cart_id, cart.version, row.checksum) for cart, row in zip(carts, rows, strict=True)]

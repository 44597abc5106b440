"""Deleting old addresses."""

from datetime import timedelta

from servicekit.db import Database

from recovery.contacts.persistence import repository

RETENTION = timedelta(days=90)
"""How long an address is kept after it was given: as long as an abandoned cart (operations.md, "Jobs")."""
BATCH = 1000


async def forget_contacts(database: Database, *, dry_run: bool) -> int:
    """Delete addresses that were given longer ago than abandoned carts are kept, in batches; a dry run counts them."""
    before = database.clock.now() - RETENTION
    if dry_run:
        async with database.system_unit() as unit:
            return await repository.count_forgettable(unit, before)
    forgotten = 0
    while True:
        async with database.system_unit() as unit:
            batch = await repository.forget(unit, before, BATCH)
        forgotten += batch
        if batch < BATCH:
            return forgotten

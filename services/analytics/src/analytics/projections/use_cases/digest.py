"""The digest of every read model: equal if, and only if, every row is."""

import hashlib
from uuid import UUID

from servicekit.db import Database

from analytics.projections import digest_repository


async def digest(database: Database, company_id: UUID | None = None) -> dict[str, str]:
    """SHA-256 of each read model as text, of one company or of all, read row by row in one snapshot each."""
    return {model: await _digest_of(database, model, company_id) for model in digest_repository.READ_MODELS}


async def _digest_of(database: Database, read_model: str, company_id: UUID | None) -> str:
    sha = hashlib.sha256()
    async with database.system_unit() as unit:
        async for row in digest_repository.rows(unit, read_model, company_id):
            sha.update(row.encode() + b"\n")
    return sha.hexdigest()

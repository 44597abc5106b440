"""Taking from holds who they were of (rules.md 35)."""

from collections.abc import Sequence
from uuid import UUID

from servicekit.db import TenantUnit

_LAST_FENCE = 2**62
"""A fence that no change of a hold passes any more."""


async def forget_owners(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """Let holds name their cart in place of its customer; a call about these carts that comes late holds nothing more.

    What is held is given back as the carts end.
    """
    await unit.execute(
        """
        INSERT INTO hold_fences (company_id, cart_id, fence) SELECT $1, unnest($2::uuid[]), $3
        ON CONFLICT (company_id, cart_id) DO UPDATE SET fence = excluded.fence
        """,
        unit.company_id,
        cart_ids,
        _LAST_FENCE,
    )
    await unit.execute(
        """
        UPDATE inventory_holds SET owner = cart_id::text
        WHERE company_id = $1 AND cart_id = ANY ($2) AND owner <> cart_id::text
        """,
        unit.company_id,
        cart_ids,
    )

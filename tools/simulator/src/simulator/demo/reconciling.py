"""Reconciling an earlier demo once more, from the ledger that it left."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from simulator.demo.counted import reconcile
from simulator.demo.ledger import Ledger
from simulator.demo.shop import CURRENCIES
from simulator.reconciliation.figures import Figure
from simulator.stack import Stack


def ledger_file(stack: Stack) -> Path:
    """Where the last demo's ledger is."""
    return stack.directory / "demo" / "ledger.json"


async def reconcile_again(stack: Stack) -> Sequence[Figure]:
    """Compare every figure once, without waiting; the stack must be up. Raises NoDemo when no demo has run here."""
    ledger = Ledger.load(ledger_file(stack))
    company_id = UUID(ledger.company_id)
    async with stack.gateway(company_id) as cartwheel:
        staff = cartwheel.staff(stack.tokens.admin(company_id))
        return await reconcile(ledger, staff.analytics, CURRENCIES)

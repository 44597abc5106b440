"""Learning from sales as they happen."""

from contracts.cart import CartConverted
from contracts.envelope import Envelope
from servicekit.db import TenantUnit

from upsell.learning import repository
from upsell.learning.domain import lesson_of


async def learn_from_sale(unit: TenantUnit, event: Envelope[CartConverted]) -> None:
    """Count what was bought, and what was bought together, once per cart."""
    if not await repository.first_sight(unit, event.subject, event.time):
        return
    lesson = lesson_of(event.data.lines)
    await repository.add_to_totals(unit, lesson.quantities)
    if lesson.pairs:
        await repository.add_to_pairs(unit, lesson.pairs)

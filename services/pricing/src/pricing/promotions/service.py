"""What an admin does with promotions; each change publishes the company's rules anew in the same transaction."""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

from pydantic import ValidationError
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from pricing.errors import Incoherent422
from pricing.promotions import domain, repository
from pricing.promotions.domain import Promotion, PromotionChanges
from pricing.rule_sets.service import publish, publish_change


async def list_promotions(unit: TenantUnit, after: UUID | None, limit: int) -> list[Promotion]:
    """At most `limit` of the company's promotions made before `after`, the newest first."""
    return await repository.page(unit, after, limit)


async def get_promotion(unit: TenantUnit, promotion_id: UUID) -> Promotion:
    """One of the company's promotions; raises PromotionNotFound404."""
    return await repository.get(unit, promotion_id)


async def create_promotion(unit: TenantUnit, fields: PromotionChanges) -> Promotion:
    """Make a promotion; raises Incoherent422, CodeTaken409 and TooManyRules409."""
    promotion_id = new_id()
    with _refusing_incoherence():
        draft = domain.draft(promotion_id, fields)
    promotion = await repository.insert(unit, promotion_id, draft)
    await publish_change(unit)
    return promotion


async def change_promotion(unit: TenantUnit, promotion_id: UUID, changes: PromotionChanges) -> Promotion:
    """Replace the fields given; raises PromotionNotFound404, Incoherent422, CodeTaken409 and TooManyRules409."""
    current = await repository.get(unit, promotion_id)
    with _refusing_incoherence():
        draft = domain.changed(current, changes)
    promotion = await repository.update(unit, promotion_id, draft)
    await publish_change(unit)
    return promotion


async def delete_promotion(unit: TenantUnit, promotion_id: UUID) -> None:
    """Take a promotion out of use; what used it keeps naming it. Raises PromotionNotFound404."""
    await repository.delete(unit, promotion_id)
    await publish(unit)


@contextmanager
def _refusing_incoherence() -> Generator[None]:
    """Refuse with Incoherent422 what the contract of rules says does not fit together."""
    try:
        yield
    except ValidationError as invalid:
        raise Incoherent422(errors=[_fault(fault["loc"], fault["msg"]) for fault in invalid.errors()]) from None


def _fault(location: tuple[int | str, ...], message: str) -> dict[str, str]:
    return {"field": ".".join(map(str, location)) or "body", "message": message.removeprefix("Value error, ")}

"""What somebody of the staff did anywhere is in one log, soon after."""

from collections.abc import Sequence

from cartwheel_client.models.analytics import EntryView
from cartwheel_client.models.cart import ChangeSite
from cartwheel_client.models.pricing import PromotionChange
from servicekit.testing.polling import poll

from .shop import Shop, open_shop
from .stack import SERVICES, Stack


def _actions(entries: Sequence[EntryView]) -> set[tuple[str, str]]:
    return {(entry.service, entry.action) for entry in entries}


async def _entries(shop: Shop) -> list[EntryView]:
    return (await shop.staff.audit.list_entries(limit=200)).items


async def test_the_staff_of_a_shop_is_followed_through_every_service(stack: Stack) -> None:
    """Founding a shop, changing it, and running what is the platform's: each is there with who did it."""
    async with open_shop(stack) as shop:
        (promotion,) = (await shop.staff.pricing.promotions.list()).items
        await shop.staff.pricing.promotions.change(promotion.id, PromotionChange(name="Eleven"))
        await shop.staff.sites.change(shop.site_id, ChangeSite(name="Renamed"))
        await shop.staff.recovery.suppress("nobody@mail.example")
        for service in SERVICES:
            await shop.staff.operations.replay_dead_letters(service, queue="none")

        expected = {
            ("cart", "company.put"),
            ("cart", "site.created"),
            ("cart", "site.changed"),
            ("inventory", "product_import.run"),
            ("pricing", "promotion.created"),
            ("pricing", "promotion.changed"),
            ("recovery", "suppression.created"),
            *((service, "dead_letters.replayed") for service in SERVICES),
        }
        entries = await poll(lambda: _entries(shop), lambda found: _actions(found) >= expected, deadline_seconds=30)

    changed = next(entry for entry in entries if entry.action == "promotion.changed")
    assert changed.subject_id == str(promotion.id)
    assert changed.changes["name"].model_dump() == {"before": "Ten", "after": "Eleven"}
    assert changed.actor
    assert "nobody@mail.example" not in repr(entries)

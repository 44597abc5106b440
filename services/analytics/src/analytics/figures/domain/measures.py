"""What is counted of a cart: every measure's name, SQL, field and meaning, in this module alone.

The database counts with a frozen copy of this module (`python -m analytics measures freeze`): triggers on `cart_facts`
add `figures_of(row)` to the table `figures`. A cart of staff or bots counts nowhere; neither does one whose site and
currency are not known yet (rules.md 33).
"""

from dataclasses import dataclass

_CONVERTED = "f.converted_at IS NOT NULL"
_CHECKOUT_STARTED = f"{_CONVERTED} OR f.checkout_started_at IS NOT NULL"
_ITEM_ADDED = f"f.first_item_at IS NOT NULL OR {_CHECKOUT_STARTED}"
_VIEWED = f"f.viewed_at IS NOT NULL AND f.first_item_at IS NOT NULL OR {_CHECKOUT_STARTED}"
_WITH_ITEMS = "coalesce(f.item_count, 0) > 0"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number that is counted of a cart, under the bucket of 15 minutes that `time` lies in.

    `time` is a column of `cart_facts`, `amount` an SQL expression over its row `f`: a cart adds nothing while either is
    NULL or the amount is 0. `field` is the field of a report that shows the measure, alone or in a rate or mean.
    Measures called `created.…` are properties of the carts that were created in the bucket.
    """

    name: str
    time: str
    amount: str
    field: str
    meaning: str


def _count(name: str, time: str, field: str, meaning: str, condition: str | None = None) -> Measure:
    """A measure that is 1 for each cart of which the condition holds."""
    return Measure(name, time, f"({condition})::int" if condition else "1", field, meaning)


CREATED = _count("created", "created_at", "created", "Carts by the time they were created.")
ACTIVE = _count(
    "created.active", "created_at", "active", "Of the carts created, those ACTIVE now.", "f.status = 'ACTIVE'"
)
ITEM_ADDED = _count(
    "created.item_added",
    "created_at",
    "item_added",
    "Of the carts created, those to which a shopper added an item, or that got further.",
    _ITEM_ADDED,
)
VIEWED = _count(
    "created.viewed",
    "created_at",
    "viewed",
    "Of the carts created, those that a shopper filled and looked at, or that got further.",
    _VIEWED,
)
CHECKOUT_STARTED = _count(
    "created.checkout_started",
    "created_at",
    "checkout_started",
    "Of the carts created, those for which stock was held (taken at checkout entry), or that were ordered.",
    _CHECKOUT_STARTED,
)
CREATED_AND_CONVERTED = _count(
    "created.converted",
    "created_at",
    "converted",
    "Of the carts created, those ordered by now; `conversionRate` is their share.",
    _CONVERTED,
)
WITH_ITEMS = _count(
    "created.with_items",
    "created_at",
    "average_items",
    "Of the carts created, those with lines now, or when ordered: what averages are over.",
    _WITH_ITEMS,
)
ITEM_COUNT = Measure(
    "created.item_count",
    "created_at",
    f"CASE WHEN {_WITH_ITEMS} THEN f.item_count END",
    "average_items",
    "The quantity in the carts created that have lines.",
)
VALUE = Measure(
    "created.value",
    "created_at",
    f"CASE WHEN {_WITH_ITEMS} THEN f.value END",
    "average_cart_value",
    "The total of the carts created that have lines: as ordered, else as they are now.",
)
ABANDONED = _count(
    "abandoned",
    "first_abandoned_at",
    "abandoned",
    "Carts by their **first** abandonment, also when they came back later.",
)
LOST = _count(
    "lost",
    "first_abandoned_at",
    "abandonment_rate",
    "Of the carts abandoned, those that had a line and are ABANDONED or EXPIRED now.",
    "f.had_line AND f.status IN ('ABANDONED', 'EXPIRED')",
)
CONVERTED = _count("converted", "converted_at", "converted", "Carts by the time of their order.")
REVENUE = Measure(
    "revenue",
    "converted_at",
    "f.revenue",
    "revenue",
    "Totals of converted carts: shipping and tax included, discounts taken off.",
)
QUANTITY = Measure("quantity", "converted_at", "f.quantity", "units", "The quantity in converted carts.")
DISCOUNTS = Measure("discounts", "converted_at", "f.discounts", "discounts", "All discounts of converted carts.")
MERGED = _count("merged", "merged_at", "merged", "Carts by the time at which they went into another.")
EXPIRED = _count("expired", "expired_at", "expired", "Carts by the time at which they expired.")
RECOVERED = _count(
    "recovered", "recovered_at", "recovered", "Carts ordered after a recovery link restored them (rules.md 31)."
)
RECOVERED_REVENUE = Measure(
    "recovered_revenue", "recovered_at", "f.recovered_revenue", "recovered_revenue", "The revenue of recovered carts."
)
INFLUENCED = _count(
    "influenced", "influenced_at", "influenced", "Carts ordered within five days of a click on a recovery mail."
)
INFLUENCED_REVENUE = Measure(
    "influenced_revenue",
    "influenced_at",
    "f.influenced_revenue",
    "influenced_revenue",
    "The revenue of influenced carts.",
)

FUNNEL = (CREATED, ITEM_ADDED, VIEWED, CHECKOUT_STARTED, CREATED_AND_CONVERTED)
"""The funnel's steps (rules.md 33). Each includes the carts that got further, so it never widens."""

MEASURES = (
    CREATED,
    ACTIVE,
    *FUNNEL[1:],
    WITH_ITEMS,
    ITEM_COUNT,
    VALUE,
    ABANDONED,
    LOST,
    CONVERTED,
    REVENUE,
    QUANTITY,
    DISCOUNTS,
    MERGED,
    EXPIRED,
    RECOVERED,
    RECOVERED_REVENUE,
    INFLUENCED,
    INFLUENCED_REVENUE,
)
"""Every measure, in the order of the documentation."""

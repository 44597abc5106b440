"""Events: consecutive, each in analytics once, and counted as it happened."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from chaos.checks.violations import Run
from chaos.ledger import accepted, by_cart, last_lines


def events_are_consecutive(run: Run) -> Iterator[str]:
    """The versions of each aggregate's events are 1, 2, 3, … without a gap."""
    versions: dict[tuple[str, UUID], set[int]] = defaultdict(set)
    for event in run.records.events:
        versions[event.service, event.aggregate_id].add(event.version)
    for (service, aggregate_id), found in versions.items():
        if missing := set(range(1, max(found) + 1)) - found:
            yield f"{service} published no event of {aggregate_id} at version {min(missing)}"


def every_event_is_counted_once(run: Run) -> Iterator[str]:
    """Analytics' log has what every service published, each once, and nothing else."""
    published = {event.id: event for event in run.records.events if event.is_logged}
    logged = Counter(run.records.logged)
    yield from (
        f"analytics does not have {event.type} of {event.aggregate_id} at version {event.version}"
        for event in published.values()
        if not logged[event.id]
    )
    yield from (f"analytics has {event_id} {count} times" for event_id, count in logged.items() if count > 1)
    yield from (f"analytics has {event_id}, which nobody published" for event_id in logged if event_id not in published)


def figures_are_the_ledgers(run: Run) -> Iterator[str]:
    """What analytics counted of each cart, and in all, is what shoppers were answered."""
    counted = {cart.cart_id: cart for cart in run.records.counted}
    carts = by_cart(run.entries)
    for cart_id, entries in carts.items():
        row = counted.get(cart_id)
        if row is None:
            yield f"analytics does not have the cart {cart_id}"
            continue
        added = sum(entry.quantity for entry in entries if entry.command == "add")
        added += sum(max(entry.quantity, 0) for entry in entries if entry.command == "set")
        if row.quantity_added != added:
            yield f"analytics counted {row.quantity_added} added to {cart_id}, and its shopper added {added}"
        if (row.item_count or 0) != sum(last_lines(entries).values()):
            yield f"analytics counted {row.item_count} in {cart_id}, and its shopper saw {dict(last_lines(entries))}"
        revenue = next((entry.seen.total for entry in entries if entry.command == "order"), None)
        if row.revenue != revenue or (row.status == "CONVERTED") != (revenue is not None):
            yield f"analytics has {cart_id} as {row.status} for {row.revenue}, and it was ordered for {revenue}"
    orders = [entry for entry in accepted(run.entries) if entry.command == "order"]
    expected = {
        "created": len(carts) + 1,  # and the first cart
        "converted": len(orders),
        "revenue": sum(entry.seen.total or 0 for entry in orders),
    }
    for name, value in expected.items():
        if (got := run.records.figures.get(name, 0)) != value:
            yield f"analytics' figure {name} is {got}, and {value} happened"

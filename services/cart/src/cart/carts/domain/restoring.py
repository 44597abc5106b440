"""What is different about a line since its cart was abandoned (rules.md 29): pure."""

from contracts.cart_calls import RestoreChange

from cart.carts.domain.bundles import BundleGroup
from cart.carts.domain.lines import Line


def refresh_line(line: Line, currency: str) -> list[RestoreChange]:
    """Take the catalogue's price of now, and return what changed or cannot be bought; the quantity stays."""
    catalogue = line.catalogue
    price = catalogue.prices.get(currency) if catalogue and catalogue.active else None
    if catalogue is None or price is None:
        return [RestoreChange(item_id=line.id, kind="unavailable", from_=line.quantity, to=0)]
    changes = []
    if price != line.unit_price:
        changes.append(RestoreChange(item_id=line.id, kind="price", from_=line.unit_price, to=price))
        line.unit_price = price
    if catalogue.left is not None and catalogue.left < line.quantity:
        changes.append(
            RestoreChange(
                item_id=line.id,
                kind="quantity" if catalogue.left else "unavailable",
                from_=line.quantity,
                to=catalogue.left,
            )
        )
    return changes


def refresh_bundle(bundle: BundleGroup, line: Line, currency: str) -> tuple[BundleGroup, list[RestoreChange]]:
    """It at the catalogue's price of now, and what changed, said of its first line; one not sold stays as it is."""
    offered = bundle.offered(currency)
    if offered is None:
        return bundle, [RestoreChange(item_id=line.id, kind="unavailable", from_=line.quantity, to=0)]
    if bundle.price is None or offered.price is None or offered.price == bundle.price:
        return offered, []
    return offered, [RestoreChange(item_id=line.id, kind="price", from_=bundle.price, to=offered.price)]

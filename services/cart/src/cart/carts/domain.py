"""The rules of a cart's changes (rules.md 6-16): pure; time and ids are passed in, events are appended to the cart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Actor
from contracts.cart import ChangeKind

from cart import errors
from cart.carts.model import OPEN, Activity, AppliedCode, Cart, Line, Snapshot

MAX_CODES = 5
"""Codes on one cart; more is DISCOUNT_NOT_COMBINABLE."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who changes the cart, and when; `line_id` is a fresh id for a line, should one be made."""

    actor: Actor
    now: datetime
    line_id: UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item a shopper asks for, before it is matched with the catalogue."""

    product_id: UUID
    variant_id: UUID | None
    quantity: int
    options: Mapping[str, str]
    source: str | None = None
    meta: dict[str, Any] | None = None
    rental: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a use case did, for the event and the timeline."""

    kind: ChangeKind
    line: Line | None = None
    quantity_delta: int = 0
    source: str | None = None
    made_line: bool = False


def require_open(cart: Cart, now: datetime) -> None:
    """Refuse a change to a final cart, and to one whose time is over before a job has said so (rules.md 12, 13)."""
    if cart.status == "CONVERTED":
        raise errors.CartConvertedAlready()
    if cart.status == "MERGED":
        raise errors.CartMergedAlready()
    if cart.status == "EXPIRED" or now >= cart.expires_at:
        raise errors.CartExpiredAlready()


def require_version(cart: Cart, expected: int | None) -> None:
    """If-Match with an old version changes nothing (rules.md 9)."""
    if expected is not None and expected != cart.version:
        raise errors.VersionMismatch(f"The cart is at version {cart.version}, not {expected}.")


def choose_variant(variants: Sequence[Snapshot], wanted: Wanted) -> Snapshot:
    """The variant that the request names, or the product's only one; options that contradict it name none."""
    if not variants:
        raise errors.ProductNotFound(f"No product {wanted.product_id} with this variant.")
    fitting = [variant for variant in variants if _fits(variant, wanted)]
    if len(fitting) != 1:
        raise errors.SizeRequired(errors=[{"field": "variantId", "message": "names no single variant of the product"}])
    return fitting[0]


def _fits(variant: Snapshot, wanted: Wanted) -> bool:
    """Whether nothing that is wanted contradicts the variant; case does not count."""
    have = {name.lower(): value.lower() for name, value in variant.options.items()}
    return all(have.get(name.lower(), value.lower()) == value.lower() for name, value in wanted.options.items())


def _options(variant: Snapshot, wanted: Wanted) -> dict[str, str]:
    """The variant's options in its own spelling, given or not, with those that are the shopper's own (rules.md 8)."""
    known = {name.lower() for name in variant.options}
    own = {name: value for name, value in wanted.options.items() if name.lower() not in known}
    return {**variant.options, **own}


def add_item(cart: Cart, wanted: Wanted, variants: Sequence[Snapshot], who: Who) -> Change:
    """Add a variant; adding the same one again adds up (rules.md 8), at the catalogue's price of now."""
    require_open(cart, who.now)
    variant = choose_variant(variants, wanted)
    price = _price_of(variant, cart.currency)
    candidate = _new_line(cart, variant, wanted, price, who.line_id)
    line = next((line for line in cart.lines if line.identity == candidate.identity), None)
    made = line is None
    if line is None:
        if len(cart.lines) >= cart.site.max_lines:
            raise errors.QuantityLimit(f"A cart has at most {cart.site.max_lines} lines.")
        line = candidate
    _set_quantity(cart, line, line.quantity + wanted.quantity, variant)
    if made:
        cart.lines.append(line)
    _adopt_catalogue(line, variant, cart.currency)
    change = Change("ITEM_ADDED", line, wanted.quantity, wanted.source, made)
    return _changed(cart, change, who)


def set_quantity(cart: Cart, line_id: UUID, quantity: int, who: Who) -> Change:
    """Set a line's quantity, at the catalogue's price of now; stock is only asked about when it grows."""
    require_open(cart, who.now)
    line = _require_line(cart, line_id)
    delta = quantity - line.quantity
    if delta > 0:
        _require_buyable(line, cart.currency)
        _set_quantity(cart, line, quantity, line.catalogue)
    else:
        line.quantity = quantity
    if line.catalogue is not None and cart.currency in line.catalogue.prices:
        _adopt_catalogue(line, line.catalogue, cart.currency)
    cart.touched.add(line.id)
    return _changed(cart, Change("QUANTITY_SET", line, delta), who)


def remove_item(cart: Cart, line_id: UUID, who: Who) -> Change:
    """Take a line out of the cart."""
    require_open(cart, who.now)
    line = _require_line(cart, line_id)
    cart.lines.remove(line)
    cart.removed.add(line.id)
    return _changed(cart, Change("ITEM_REMOVED", line, -line.quantity), who)


def clear(cart: Cart, who: Who) -> Change:
    """Take every line out; codes and contact stay."""
    require_open(cart, who.now)
    units = sum(line.quantity for line in cart.lines)
    cart.removed.update(line.id for line in cart.lines)
    cart.lines.clear()
    return _changed(cart, Change("CLEARED", quantity_delta=-units), who)


def apply_code(cart: Cart, code: AppliedCode, who: Who) -> Change:
    """Put a code that pricing resolved on the cart; the same code again only renews it."""
    require_open(cart, who.now)
    others = [applied for applied in cart.codes if applied.code != code.code]
    if len(others) >= MAX_CODES:
        raise errors.DiscountNotCombinable(f"A cart has at most {MAX_CODES} codes.")
    cart.codes = [*others, code]
    return _changed(cart, Change("CODE_APPLIED"), who)


def remove_code(cart: Cart, code: str, who: Who) -> Change:
    """Take a code off the cart; one that is not there is DISCOUNT_INVALID."""
    require_open(cart, who.now)
    kept = [applied for applied in cart.codes if applied.code != code.upper()]
    if len(kept) == len(cart.codes):
        raise errors.DiscountInvalid("This code is not on the cart.")
    cart.codes = kept
    return _changed(cart, Change("CODE_REMOVED"), who)


def set_contact(cart: Cart, who: Who) -> Change:
    """Note that the shopper left an address; the address itself goes to recovery alone (rules.md 35)."""
    require_open(cart, who.now)
    cart.has_contact = True
    return _changed(cart, Change("CONTACT_SET"), who)


def _changed(cart: Cart, change: Change, who: Who) -> Change:
    """Raise the version, and count a shopper's change as activity (rules.md 9, 12, 13)."""
    cart.version += 1
    cart.updated_at = who.now
    if who.actor == "shopper":
        cart.last_activity_at = who.now
    cart.activity.append(Activity(change.kind, who.actor, _described(change)))
    return change


def _described(change: Change) -> dict[str, Any]:
    if change.line is None:
        return {"quantityDelta": change.quantity_delta} if change.quantity_delta else {}
    return {
        "lineId": str(change.line.id),
        "sku": change.line.sku,
        "title": change.line.title,
        "quantity": 0 if change.kind == "ITEM_REMOVED" else change.line.quantity,
        "quantityDelta": change.quantity_delta,
    }


def is_open(cart: Cart) -> bool:
    """Whether a shopper may still change it."""
    return cart.status in OPEN


def _require_line(cart: Cart, line_id: UUID) -> Line:
    line = cart.line(line_id)
    if line is None:
        raise errors.ItemNotFound()
    return line


def _price_of(variant: Snapshot, currency: str) -> int:
    price = variant.prices.get(currency)
    if not variant.active or price is None:
        raise errors.ProductUnavailable()
    return price


def _require_buyable(line: Line, currency: str) -> None:
    if line.catalogue is None:
        raise errors.ProductUnavailable()
    _price_of(line.catalogue, currency)


def _set_quantity(cart: Cart, line: Line, quantity: int, variant: Snapshot | None) -> None:
    if quantity > cart.site.max_quantity:
        raise errors.QuantityLimit(
            f"At most {cart.site.max_quantity} of one item.",
            errors=[{"field": "quantity", "message": f"at most {cart.site.max_quantity} in one line"}],
        )
    if variant is not None and variant.left is not None:
        elsewhere = sum(o.quantity for o in cart.lines if o.variant_id == line.variant_id and o.id != line.id)
        _require_stock(variant, quantity + elsewhere)
    line.quantity = quantity
    cart.touched.add(line.id)


def _require_stock(variant: Snapshot, quantity: int) -> None:
    left = variant.left
    if left is None or quantity <= left:
        return
    if left == 0:
        raise errors.ItemOutOfStock()
    raise errors.InsufficientStock(f"Only {left} left in stock.", available=left)


def _adopt_catalogue(line: Line, variant: Snapshot, currency: str) -> None:
    """Whoever touches a line sees and takes the price of now (rules.md 15)."""
    line.unit_price = variant.prices[currency]
    line.compare_at_price = variant.compare_at_prices.get(currency)
    line.title, line.image_url = variant.title, variant.image_url
    line.catalogue = variant


def _new_line(cart: Cart, variant: Snapshot, wanted: Wanted, price: int, line_id: UUID) -> Line:
    return Line(
        id=line_id,
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        sku=variant.sku,
        title=variant.title,
        image_url=variant.image_url,
        options=_options(variant, wanted),
        quantity=0,
        unit_price=price,
        compare_at_price=variant.compare_at_prices.get(cart.currency),
        source=wanted.source,
        meta=wanted.meta,
        rental=wanted.rental,
        bundle_group_id=None,
        catalogue=variant,
    )

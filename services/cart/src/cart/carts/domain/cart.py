"""The cart as an aggregate (rules.md 6-16): its methods are everything that can be done with one cart.

Pure: time and ids come with the `ChangeContext`. A method changes the cart and records what happened, or raises before
it has changed anything.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.cart_calls import OrderedLine, RestoreChange

from cart import errors
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import CatalogueVariant, Line, Wanted, choose_variant
from cart.carts.domain.merging import MergeChange, merge_lines
from cart.carts.domain.notes import require_room
from cart.carts.domain.ordering import LeftOver, split_order
from cart.carts.domain.records import Abandoned, ContactSet, Converted, Created, Expired, Merged, Reactivated, Updated
from cart.carts.domain.restoring import refresh_line
from cart.carts.domain.state import CartState
from cart.carts.domain.values import AppliedCode, Contact, Destination, MergeStrategy, SitePolicy

MAX_CODES = 5
"""Codes on one cart; more is DISCOUNT_NOT_COMBINABLE."""
MIN_RECHECK = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)
class Cart(CartState):
    """One shopper's cart."""

    @classmethod
    def create(
        cls,
        company_id: UUID,
        site: SitePolicy,
        customer_id: str | None,
        currency: str,
        context: ChangeContext,
        cart_id: UUID | None = None,
    ) -> "Cart":
        """A new cart with nothing in it, at version 1."""
        now = context.now
        cart = cls(
            id=cart_id or context.new_id(),
            company_id=company_id,
            site=site,
            customer_id=customer_id,
            status="ACTIVE",
            currency=currency,
            version=0,
            lines=[],
            codes=[],
            created_at=now,
            updated_at=now,
            last_activity_at=now,
            check_at=None,
            expiry_check_at=now + site.expiration,
        )
        cart.record(Created(), context)
        return cart

    def add_item(self, wanted: Wanted, context: ChangeContext) -> Updated:
        """Add a variant at the catalogue's price of now; adding it again adds up (rules.md 8)."""
        self.require_changeable(context.now)
        variant = choose_variant(context.variants, wanted)
        candidate = Line.of(variant, wanted, self.currency, context.new_id())
        known = next((line for line in self.lines if line.identity == candidate.identity), None)
        if known is None and len(self.lines) >= self.site.max_lines:
            raise errors.QuantityLimit("A cart has at most {most} lines.", most=self.site.max_lines)
        if known is None:
            require_room(self.lines, candidate)
        line = known or candidate
        self._grow(line, line.quantity + wanted.quantity, variant)
        if known is None:
            self.lines.append(line)
        line.adopt(variant, self.currency)
        return self._update(Updated("ITEM_ADDED", line, wanted.quantity, wanted.source, known is None), context)

    def set_quantity(self, line_id: UUID, quantity: int, context: ChangeContext) -> Updated:
        """Set a line's quantity, at the catalogue's price of now; stock is only asked about when it grows."""
        self.require_changeable(context.now)
        line = self.require_line(line_id)
        delta = quantity - line.quantity
        if delta > 0:
            self._grow(line, quantity, line.buyable(self.currency))
        else:
            self.set_line_quantity(line, quantity)
        if line.catalogue is not None and self.currency in line.catalogue.prices:
            line.adopt(line.catalogue, self.currency)
        return self._update(Updated("QUANTITY_SET", line, delta), context)

    def remove_item(self, line_id: UUID, context: ChangeContext) -> Updated:
        """Take a line out of the cart."""
        self.require_changeable(context.now)
        line = self.require_line(line_id)
        self.drop_line(line)
        return self._update(Updated("ITEM_REMOVED", line, -line.quantity), context)

    def clear(self, context: ChangeContext) -> Updated:
        """Take every line out; codes and contact stay."""
        self.require_changeable(context.now)
        quantity = sum(line.quantity for line in self.lines)
        for line in list(self.lines):
            self.drop_line(line)
        return self._update(Updated("CLEARED", quantity_delta=-quantity), context)

    def apply_code(self, code: AppliedCode, context: ChangeContext) -> Updated:
        """Put a code that pricing resolved on the cart; applying it again only renews it."""
        self.require_changeable(context.now)
        others = [applied for applied in self.codes if applied.code != code.code]
        if len(others) >= MAX_CODES:
            raise errors.DiscountNotCombinable("A cart has at most {most} codes.", most=MAX_CODES)
        self.codes = [*others, code]
        return self._update(Updated("CODE_APPLIED"), context)

    def remove_code(self, code: str, context: ChangeContext) -> Updated:
        """Take a code off the cart; raises DiscountInvalid when it is not there."""
        self.require_changeable(context.now)
        kept = [applied for applied in self.codes if applied.code != code.upper()]
        if len(kept) == len(self.codes):
            raise errors.DiscountInvalid("This code is not on the cart.")
        self.codes = kept
        return self._update(Updated("CODE_REMOVED"), context)

    def set_contact(self, contact: Contact, context: ChangeContext) -> Updated:
        """Note that the shopper left an address; the address itself is recorded for recovery alone (rules.md 35)."""
        self.require_changeable(context.now)
        self.has_contact = True
        self.record(ContactSet(contact), context)
        return self._update(Updated("CONTACT_SET"), context)

    def ship_to(self, destination: Destination | None, context: ChangeContext) -> Updated:
        """Price the cart for this place from now on, or for none; the chosen way to ship stays chosen."""
        self.require_changeable(context.now)
        self.deliver(destination, self.shipping_option_id)
        return self._update(Updated("ADDRESS_SET"), context)

    def choose_shipping(self, option_id: UUID | None, context: ChangeContext) -> Updated:
        """Charge this way to ship as long as it is offered; without a choice it is the cheapest."""
        self.require_changeable(context.now)
        self.deliver(self.destination, option_id)
        return self._update(Updated("ADDRESS_SET"), context)

    def is_abandoned(self, now: datetime) -> bool:
        """Whether it is ACTIVE, has lines, is not frozen, and was idle for the site's threshold (rules.md 13)."""
        is_idle = self.last_activity_at + self.site.abandonment <= now
        return self.status == "ACTIVE" and bool(self.lines) and is_idle and self.freeze_at(now) is None

    def check_later(self, now: datetime) -> None:
        """Note when this ACTIVE cart could first be abandoned, or is worth another look (rules.md 13); no change.

        Adding to a cart with lines does not write the stored time, so one found too early is pushed on to its real
        moment. An empty cart is not looked at again: its first line sets the time.
        """
        due = max(self.last_activity_at + self.site.abandonment, now + MIN_RECHECK)
        if (freeze := self.freeze_at(now)) is not None:
            due = max(due, freeze.until)
        self.check_at = due if self.lines else None

    def abandon(self, context: ChangeContext) -> None:
        """Begin an idle period's abandonment; nothing else about the cart changes."""
        self.status, self.abandonment_id, self.abandoned_at = "ABANDONED", context.new_id(), context.now
        self.record(Abandoned(self.abandonment_id), context)
        self.note("ABANDONED", "system")

    def reactivate(self, context: ChangeContext) -> None:
        """End the abandonment of an ABANDONED cart; any other cart stays as it is."""
        if self.abandonment_id is None:
            return
        ended, self.abandonment_id, self.status = self.abandonment_id, None, "ACTIVE"
        self.check_at = context.now + self.site.abandonment if self.lines else None
        self.record(Reactivated(ended), context)
        self.note("REACTIVATED", "shopper")

    def check_expiry_later(self) -> None:
        """Note when this cart could expire at the earliest; no change of the cart."""
        self.expiry_check_at = self.expires_at

    def expire(self, context: ChangeContext) -> None:
        """End a cart that was idle for the site's cartExpirationDays."""
        self.status = "EXPIRED"
        self.record(Expired(), context)
        self.note("EXPIRED", "system")

    def restore(self, abandonment_id: UUID, context: ChangeContext) -> list[RestoreChange]:
        """Reactivate and re-price an abandoned cart for who followed the link of an abandonment (rules.md 29).

        Lines stay; what is different from when it was abandoned, or cannot be bought, is returned. A cart that is
        ACTIVE stays as it is.
        """
        self.require_open(context.now)
        if self.abandonment_id is None:
            return []
        changes = [change for line in self.lines for change in refresh_line(line, self.currency)]
        self.touched.update(change.item_id for change in changes if change.kind == "price")
        self.restored_abandonment_id = abandonment_id
        self.last_activity_at = context.now
        self.reactivate(context)
        self.record(Updated("RESTORED"), context)
        self.note("RESTORED", "shopper", changes=len(changes))
        return changes

    def adopt_owner(self, customer_id: str, context: ChangeContext) -> None:
        """Make a guest's cart the customer's, who has no other open one (rules.md 11); signing in is activity."""
        self.require_changeable(context.now)
        self.customer_id = customer_id
        self.last_activity_at = context.now
        self.reactivate(context)
        self.record(Updated("MERGED_IN"), context)

    def merge(self, guest: "Cart", strategy: MergeStrategy, context: ChangeContext) -> list[MergeChange]:
        """Unite a guest's lines and codes into this cart and end the guest's (rules.md 11); returns every difference.

        Raises CurrencyMismatch, and what a final cart raises.
        """
        guest.require_changeable(context.now)
        self.require_changeable(context.now)
        if guest.currency != self.currency:
            raise errors.CurrencyMismatch(
                "The guest's cart is in {guestCurrency}, the customer's in {currency}.",
                guestCurrency=guest.currency,
                currency=self.currency,
            )
        changes = merge_lines(self, guest.lines, strategy, context.new_id)
        known = {code.code for code in self.codes}
        self.codes = [*self.codes, *(code for code in guest.codes if code.code not in known)][:MAX_CODES]
        self.has_contact = self.has_contact or guest.has_contact
        if self.destination is None and guest.destination is not None:
            self.deliver(guest.destination, guest.shipping_option_id)
        self.last_activity_at = max(self.last_activity_at, context.now)
        self.reactivate(context)
        self.record(Updated("MERGED_IN"), context)
        self.note("MERGED_IN", "shopper", **{"from": str(guest.id), "lines": len(guest.lines)})
        guest._end_merged(self.id, strategy, context)
        return changes

    def _end_merged(self, into: UUID, strategy: MergeStrategy, context: ChangeContext) -> None:
        """Make the guest's cart final; it stays readable for support."""
        self.status, self.merged_into, self.abandonment_id = "MERGED", into, None
        self.record(Merged(into, strategy), context)
        self.note("MERGED", "shopper", into=str(into))

    def convert(
        self, order_id: str, ordered: tuple[OrderedLine, ...] | None, context: ChangeContext
    ) -> LeftOver | None:
        """Make the cart an order of exactly the ordered lines, of all when none is named (rules.md 16).

        Returns what is left over, for a cart of its own. Raises CartEmpty, ItemNotFound for lines that the cart does
        not have, and what a final cart raises.
        """
        self.require_open(context.now)
        if not self.lines:
            raise errors.CartEmpty()
        left = split_order(self, ordered) if ordered is not None else []
        remaining = LeftOver(context.new_id(), tuple(left)) if left else None
        self.status, self.order_id, self.converted_at = "CONVERTED", order_id, context.now
        self.abandonment_id = None
        self.record(Converted(remaining.cart_id if remaining else None), context)
        self.note(
            "CONVERTED", "system", orderId=order_id, remainingCartId=str(remaining.cart_id) if remaining else None
        )
        return remaining

    def successor(self, left: LeftOver, context: ChangeContext) -> "Cart":
        """The cart in which the shopper goes on after an order, still empty; `take_over` fills it."""
        made = Cart.create(self.company_id, self.site, self.customer_id, self.currency, context, left.cart_id)
        made.codes, made.has_contact = list(self.codes), self.has_contact
        made.destination, made.shipping_option_id = self.destination, self.shipping_option_id
        return made

    def take_over(self, left: LeftOver, context: ChangeContext) -> None:
        """Put what an order left over into this new cart."""
        self.lines = [replace(line, id=context.new_id(), quantity=quantity) for line, quantity in left.lines]
        self.touched = {line.id for line in self.lines}
        self.deliver(self.destination, self.shipping_option_id)
        self.record(Updated("MERGED_IN"), context)

    def _update(self, done: Updated, context: ChangeContext) -> Updated:
        """Record a change of the content; a shopper's counts as activity and ends an abandonment (rules.md 12, 13)."""
        if context.actor == "shopper":
            self.last_activity_at = context.now
            self.reactivate(context)
        self.record(done, context)
        self.note(done.kind, context.actor, **done.described())
        return done

    def _grow(self, line: Line, quantity: int, variant: CatalogueVariant) -> None:
        if quantity > self.site.max_quantity:
            raise errors.QuantityLimit(
                "At most {most} of one item.",
                most=self.site.max_quantity,
                errors=[{"field": "quantity", "message": f"at most {self.site.max_quantity} in one line"}],
            )
        elsewhere = sum(o.quantity for o in self.lines if o.variant_id == line.variant_id and o.id != line.id)
        variant.require_stock(quantity + elsewhere)
        self.set_line_quantity(line, quantity)

"""The cart as an aggregate (rules.md 6-16): its methods are everything that can be done with one cart.

Pure: time and ids come with the `ChangeContext`. A method changes the cart and records what happened, or raises before
it has changed anything.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from contracts.cart import ChangeKind
from contracts.cart_calls import OrderedLine, RestoreChange

from cart import errors
from cart.carts.domain.bundle_merging import merge_bundles, merge_saved_bundles
from cart.carts.domain.bundle_saving import BundleSavingCart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import Line, Wanted, choose_variant
from cart.carts.domain.merging import MergeChange, merge_lines
from cart.carts.domain.ordering import LeftOver, split_order
from cart.carts.domain.records import ContactSet, Converted, Created, Merged, Updated
from cart.carts.domain.restoring import refresh_line
from cart.carts.domain.saving import merge_saved_lines, with_saved
from cart.carts.domain.values import AppliedCode, Contact, Destination, MergeStrategy, SitePolicy

MAX_CODES = 5
"""Codes on one cart; more is DISCOUNT_NOT_COMBINABLE."""


@dataclass(slots=True, kw_only=True)
class Cart(BundleSavingCart):
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
        line, is_new = self.take_in(candidate, wanted.quantity, variant)
        return self._update(Updated("ITEM_ADDED", line, wanted.quantity, wanted.source, is_new), context)

    def set_quantity(self, line_id: UUID, quantity: int, context: ChangeContext) -> Updated:
        """Set a line's quantity, at the catalogue's price of now; stock is only asked about when it grows.

        All lines of a bundle change with one of them; raises BundleQuantity where that would leave a part of one.
        """
        self.require_changeable(context.now)
        line = self.require_line(line_id)
        if (bundle := self.bundle_of(line)) is not None:
            changes = self.resize_bundle(bundle, bundle.often(line.variant_id, quantity))
            return self.record_lines(changes, "BUNDLE_QUANTITY_SET", context)
        delta = self.resize(line, quantity)
        return self._update(Updated("QUANTITY_SET", line, delta), context)

    def remove_item(self, line_id: UUID, context: ChangeContext) -> Updated:
        """Take a line out of the cart, and with it the bundle that it is in."""
        self.require_changeable(context.now)
        line = self.require_line(line_id)
        if (bundle := self.bundle_of(line)) is not None:
            return self.record_lines(self.drop_bundle(bundle), "BUNDLE_REMOVED", context)
        self.drop_line(line)
        return self._update(Updated("ITEM_REMOVED", line, -line.quantity), context)

    def save_for_later(self, line_id: UUID, context: ChangeContext) -> Updated:
        """Take a line or its bundle out and keep it, with its options, for as long as the cart is kept."""
        self.require_changeable(context.now)
        line = self.require_line(line_id)
        if (bundle := self.bundle_of(line)) is not None:
            return self.record_lines(self.save_bundle(bundle), "SAVED_FOR_LATER", context)
        saved = with_saved(self, line)
        self.drop_line(line)
        self.set_saved_lines(saved)
        done = Updated("ITEM_REMOVED", line, -line.quantity, noted_as="SAVED_FOR_LATER")
        return self._update(done, context)

    def move_to_cart(self, line_id: UUID, context: ChangeContext) -> Updated:
        """Put a saved line or its bundle back with its options, at the catalogue's price of now, as adding it would."""
        self.require_changeable(context.now)
        saved = self.require_saved_line(line_id)
        if (bundle := self.saved_bundle_of(saved)) is not None:
            changes, is_new = self.take_back_bundle(bundle)
            return self._update(replace(Updated.of_lines(changes, "MOVED_TO_CART"), made_line=is_new), context)
        variant = saved.buyable(self.currency)
        line, is_new = self.take_in(replace(saved, quantity=0), saved.quantity, variant)
        self.set_saved_lines([kept for kept in self.saved_lines if kept is not saved])
        done = Updated("ITEM_ADDED", line, saved.quantity, saved.source, is_new, noted_as="MOVED_TO_CART")
        return self._update(done, context)

    def remove_saved(self, line_id: UUID, context: ChangeContext) -> Updated:
        """Forget a saved line, or the bundle that it is in; nothing else about the cart changes."""
        self.require_changeable(context.now)
        saved = self.require_saved_line(line_id)
        if (bundle := self.saved_bundle_of(saved)) is not None:
            self.forget_bundle(bundle)
        else:
            self.set_saved_lines([kept for kept in self.saved_lines if kept is not saved])
        return self._update(Updated("ITEM_REMOVED", saved, noted_as="SAVED_ITEM_REMOVED"), context)

    def clear(self, context: ChangeContext) -> Updated:
        """Take every line out; codes and contact stay."""
        self.require_changeable(context.now)
        quantity = sum(line.quantity for line in self.lines)
        for line in list(self.lines):
            self.drop_line(line)
        if self.bundles:
            self.set_bundles(self.saved_bundles())
        before, after = {"itemCount": quantity}, {"itemCount": 0}
        return self._update(Updated("CLEARED", quantity_delta=-quantity, before=before, after=after), context)

    def apply_code(self, code: AppliedCode, context: ChangeContext) -> Updated:
        """Put a code that pricing resolved on the cart; applying it again only renews it."""
        self.require_changeable(context.now)
        others = [applied for applied in self.codes if applied.code != code.code]
        if len(others) >= MAX_CODES:
            raise errors.DiscountNotCombinable("A cart has at most {most} codes.", most=MAX_CODES)
        return self._set_codes("CODE_APPLIED", [*others, code], context)

    def remove_code(self, code: str, context: ChangeContext) -> Updated:
        """Take a code off the cart; raises DiscountInvalid when it is not there."""
        self.require_changeable(context.now)
        kept = [applied for applied in self.codes if applied.code != code.upper()]
        if len(kept) == len(self.codes):
            raise errors.DiscountInvalid("This code is not on the cart.")
        return self._set_codes("CODE_REMOVED", kept, context)

    def _set_codes(self, kind: ChangeKind, codes: list[AppliedCode], context: ChangeContext) -> Updated:
        before, after = ({"codes": [applied.code for applied in some]} for some in (self.codes, codes))
        self.codes = codes
        return self._update(Updated(kind, before=before, after=after), context)

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
        changes += self.refresh_bundles()
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
        before = sum(line.quantity for line in self.lines)
        changes = merge_lines(self, guest.lines_alone(), strategy, context.new_id)
        changes += merge_bundles(self, guest, strategy, context.new_id)
        changes += merge_saved_lines(self, guest.saved_lines_alone(), context.new_id)
        changes += merge_saved_bundles(self, guest, context.new_id)
        known = {code.code for code in self.codes}
        self.codes = [*self.codes, *(code for code in guest.codes if code.code not in known)][:MAX_CODES]
        self.has_contact = self.has_contact or guest.has_contact
        if self.destination is None and guest.destination is not None:
            self.deliver(guest.destination, guest.shipping_option_id)
        self.last_activity_at = max(self.last_activity_at, context.now)
        self.reactivate(context)
        self.record(Updated("MERGED_IN"), context)
        moved = {"before": {"itemCount": before}, "after": {"itemCount": sum(line.quantity for line in self.lines)}}
        self.note("MERGED_IN", "shopper", **{"from": str(guest.id), "lines": len(guest.lines)}, **moved)
        guest._end_merged(self.id, strategy, context)
        return changes

    def _end_merged(self, into: UUID, strategy: MergeStrategy, context: ChangeContext) -> None:
        """Make the guest's cart final; it stays readable for support."""
        before, self.status = self.status, "MERGED"
        self.merged_into, self.abandonment_id = into, None
        self.record(Merged(into, strategy), context)
        self.note_status("MERGED", "shopper", before, into=str(into))

    def convert(
        self, order_id: str, ordered: tuple[OrderedLine, ...] | None, context: ChangeContext
    ) -> LeftOver | None:
        """Make the cart an order of exactly the ordered lines, of all when none is named (rules.md 16).

        Returns what is left over, and what was saved for later, for a cart of its own. Raises CartEmpty, ItemNotFound
        for lines that the cart does not have, and what a final cart raises.
        """
        self.require_open(context.now)
        if not self.lines:
            raise errors.CartEmpty()
        left, bundles = split_order(self, ordered) if ordered is not None else ([], [])
        remaining = None
        if left or self.saved_lines:
            bundles += self.saved_bundles()
            remaining = LeftOver(context.new_id(), tuple(left), tuple(self.saved_lines), tuple(bundles))
            self.set_saved_lines([])
            if self.bundles:
                self.set_bundles(self.whole_bundles())
        before, self.status = self.status, "CONVERTED"
        self.order_id, self.converted_at, self.abandonment_id = order_id, context.now, None
        self.record(Converted(remaining.cart_id if remaining else None), context)
        following = str(remaining.cart_id) if remaining else None
        self.note_status("CONVERTED", "system", before, orderId=order_id, remainingCartId=following)
        return remaining

    def successor(self, left: LeftOver, context: ChangeContext) -> "Cart":
        """The cart in which the shopper goes on after an order, still empty; `take_over` fills it."""
        made = Cart.create(self.company_id, self.site, self.customer_id, self.currency, context, left.cart_id)
        made.codes, made.has_contact, made.visitor_id = list(self.codes), self.has_contact, self.visitor_id
        made.destination, made.shipping_option_id = self.destination, self.shipping_option_id
        made.terms, made.first_order = self.terms, None if self.customer_id is None else False
        return made

    def take_over(self, left: LeftOver, context: ChangeContext) -> None:
        """Put what an order left over, and what was saved for later, into this new cart."""
        self.lines = [replace(line, id=context.new_id(), quantity=quantity) for line, quantity in left.lines]
        self.touched = {line.id for line in self.lines}
        if left.bundles:
            self.set_bundles(list(left.bundles))
        if left.saved:
            self.set_saved_lines([replace(line, id=context.new_id()) for line in left.saved])
        self.deliver(self.destination, self.shipping_option_id)
        self.record(Updated("MERGED_IN"), context)

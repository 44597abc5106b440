"""What a cart is made of, and the one place where its version is raised: pure. What is done with it is in `cart`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Actor
from contracts.cart import CartStatus

from cart import errors
from cart.carts.domain.bundles import BundleGroup
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import Line
from cart.carts.domain.records import Recorded
from cart.carts.domain.values import (
    OPEN,
    Activity,
    AppliedCode,
    CustomerTerms,
    Destination,
    Freeze,
    HoldChange,
    HoldReplica,
    SitePolicy,
)


@dataclass(slots=True, kw_only=True)
class CartState:
    """A cart as it is stored, with what has happened to it since.

    `saved_version` and `hold_fence` are what a save must still find: the version, 0 before the first, and the number of
    the newest change of its hold. `check_at` is when to look whether it is abandoned: no later than it can be, and None
    for a cart that has had no line since the last look. `touched` and `removed` are the ids of lines to write and to
    delete, `saved_lines` are those kept for later, which are neither priced nor held; `saved_lines_changed`,
    `delivery_changed` and `terms_changed` have them, where to and how to ship, and what is kept of the customer written
    too. Nobody can say of a guest whether it is a `first_order`; `visitor_id` is by what the storefront recognises the
    browser. `recorded` becomes events and `activity` the timeline.
    """

    id: UUID
    company_id: UUID
    site: SitePolicy
    customer_id: str | None
    status: CartStatus
    currency: str
    version: int
    lines: list[Line]
    codes: list[AppliedCode]
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime
    check_at: datetime | None
    expiry_check_at: datetime
    abandonment_id: UUID | None = None
    abandoned_at: datetime | None = None
    restored_abandonment_id: UUID | None = None
    converted_at: datetime | None = None
    order_id: str | None = None
    merged_into: UUID | None = None
    has_contact: bool = False
    visitor_id: str | None = None
    destination: Destination | None = None
    shipping_option_id: UUID | None = None
    terms: CustomerTerms | None = None
    first_order: bool | None = None
    frozen: Freeze | None = None
    hold: HoldReplica | None = None
    hold_fence: int = 0
    hold_change: HoldChange | None = None
    saved_lines: list[Line] = field(default_factory=list)
    bundles: list[BundleGroup] = field(default_factory=list)
    saved_version: int = 0
    touched: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)
    lines_changed: bool = False
    saved_lines_changed: bool = False
    bundles_changed: bool = False
    delivery_changed: bool = False
    terms_changed: bool = False
    recorded: list[Recorded] = field(default_factory=list)
    activity: list[Activity] = field(default_factory=list)
    changed_by: Actor = "system"

    @property
    def expires_at(self) -> datetime:
        """When the cart expires unless the shopper does something (rules.md 13)."""
        return self.last_activity_at + self.site.expiration

    @property
    def is_open(self) -> bool:
        """Whether no final state was reached; its time may be over all the same (`require_open`)."""
        return self.status in OPEN

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.version != self.saved_version

    @property
    def needs_new_hold(self) -> bool:
        """Whether stock is held for lines that were changed since: their hold follows and is renewed (rules.md 18)."""
        return self.holds_stock and self.lines_changed and self.is_open

    @property
    def holds_stock(self) -> bool:
        """Whether inventory has an ACTIVE hold of this cart, as far as is known here."""
        return self.hold is not None and self.hold.status == "ACTIVE"

    @property
    def takes_stock_first(self) -> bool:
        """Whether an order of this cart has to be committed in inventory before it is made (rules.md 19, 20).

        It holds stock, did so until the hold's time was over, or may do so, because a change was not finished; or its
        site only looks at the stock until then. The stock of any other is taken when inventory gets CartConverted.
        """
        held = self.hold is not None and self.hold.status in {"ACTIVE", "EXPIRED"}
        return held or self.hold_change is not None or self.site.inventory_mode == "validate_only"

    def line(self, line_id: UUID) -> Line | None:
        """The line with this id, if the cart has it."""
        return next((line for line in self.lines if line.id == line_id), None)

    def require_line(self, line_id: UUID) -> Line:
        """The line with this id; raises ItemNotFound."""
        line = self.line(line_id)
        if line is None:
            raise errors.ItemNotFound()
        return line

    def require_saved_line(self, line_id: UUID) -> Line:
        """The line with this id that is saved for later; raises ItemNotFound."""
        line = next((line for line in self.saved_lines if line.id == line_id), None)
        if line is None:
            raise errors.ItemNotFound()
        return line

    def require_open(self, now: datetime) -> None:
        """Refuse a change to a final cart, and to one whose time is over before a job saw it (rules.md 12, 13)."""
        if self.status == "CONVERTED":
            raise errors.CartConvertedAlready()
        if self.status == "MERGED":
            raise errors.CartMergedAlready()
        if self.status == "EXPIRED" or now >= self.expires_at:
            raise errors.CartExpiredAlready()

    def freeze_at(self, now: datetime) -> Freeze | None:
        """The checkout that the cart is frozen for at this moment, whoever has noticed that an earlier one is over."""
        return self.frozen if self.frozen is not None and now < self.frozen.until else None

    def require_changeable(self, now: datetime) -> None:
        """Refuse a change to a final cart and to a frozen one (rules.md 12, 14)."""
        self.require_open(now)
        if (freeze := self.freeze_at(now)) is not None:
            raise errors.CartFrozen(freeze.until, now)

    def require_no_hold_change(self, order_id: str | None = None) -> None:
        """Raise HoldChanging while a change of the hold is under way, unless it is overdue and may be taken over.

        An overdue change for an order is taken over by a retry of that order only; all others wait until it is undone.
        """
        change = self.hold_change
        if change is None or (change.is_overdue and change.order_id in {None, order_id}):
            return
        raise errors.HoldChanging()

    def require_version(self, expected: int | None) -> None:
        """Raise VersionMismatch for an If-Match with an old version (rules.md 9); None expects nothing."""
        if expected is not None and expected != self.version:
            raise errors.VersionMismatch(
                "The cart is at version {version}, not {expected}.", version=self.version, expected=expected
            )

    def mark_saved(self) -> None:
        """Begin anew after a save: what was recorded is stored."""
        self.saved_version = self.version
        self.lines_changed = self.saved_lines_changed = self.bundles_changed = False
        self.delivery_changed = self.terms_changed = False
        for collected in (self.touched, self.removed, self.recorded, self.activity):
            collected.clear()

    def record(self, what: Recorded, context: ChangeContext) -> None:
        """Raise the version, once per save, and note what has happened for its events."""
        self.raise_version(context)
        self.recorded.append(what)

    def raise_version(self, context: ChangeContext) -> None:
        """Make this a change of the cart, once per save.

        The only place where a version is raised: what is recorded between two saves is one change and shares one
        version, and everything of a later change has a higher one (rules.md 9).
        """
        self._check_in_time()
        self.version = self.saved_version + 1
        self.updated_at = context.now
        self.changed_by = context.actor
        if context.terms is not None and self.customer_id is not None:
            self.apply_terms(context.terms)

    def _check_in_time(self) -> None:
        """Bring the next look forward where the cart could be abandoned before it; most changes leave it as it is."""
        due = self.last_activity_at + self.site.abandonment
        if self.lines and self.status == "ACTIVE" and (self.check_at is None or self.check_at > due):
            self.check_at = due

    def apply_terms(self, terms: CustomerTerms) -> bool:
        """Have the cart priced for what its customer's token says now; whether that is new, and to be written."""
        if terms == (self.terms or CustomerTerms()):
            return False
        self.terms, self.terms_changed = terms, True
        return True

    def note(self, kind: str, actor: Actor, **data: Any) -> None:
        """Add an entry to the timeline; `data` are JSON values without anything personal."""
        self.activity.append(Activity(kind, actor, data))

    def note_status(self, kind: str, actor: Actor, before: CartStatus, **data: Any) -> None:
        """Add an entry for a state that was entered, with that before it and the present one."""
        self.note(kind, actor, before={"status": before}, after={"status": self.status}, **data)

    def deliver(self, destination: Destination | None, shipping_option_id: UUID | None) -> None:
        """Have the cart priced for this place and this way to ship, to be written at the next save."""
        self.destination, self.shipping_option_id = destination, shipping_option_id
        self.delivery_changed = True

    def set_line_quantity(self, line: Line, quantity: int) -> None:
        """Give a line this quantity, to be written at the next save."""
        self.lines_changed = True
        line.quantity = quantity
        self.touched.add(line.id)

    def drop_line(self, line: Line) -> None:
        """Take a line out, to be deleted at the next save."""
        self.lines_changed = True
        self.lines.remove(line)
        self.removed.add(line.id)

    def set_bundles(self, bundles: list[BundleGroup]) -> None:
        """Have these bundles in the cart, from the next save on; their lines are changed beside it."""
        self.bundles, self.bundles_changed = bundles, True

    def set_saved_lines(self, lines: list[Line]) -> None:
        """Have exactly these lines saved for later, from the next save on."""
        self.saved_lines, self.saved_lines_changed = lines, True

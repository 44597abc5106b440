"""The wishlist as an aggregate: its methods are everything that can be done with one. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from contracts.cart import ListChangeKind, ListedProduct, WishlistUpdated
from contracts.value import value

from cart import errors
from cart.carts.domain.context import ChangeContext
from cart.lists.domain import OwnedList, Owner

MAX_WISHES: Final = 200
"""Wishes on one list; a copy and a sign-in leave out what is beyond."""


@value
class NewWish:
    """What a shopper wishes for; without a variant the choice is left for later. `options` are the shopper's own."""

    product_id: UUID
    variant_id: UUID | None
    quantity: int = 1
    note: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@value
class WishPatch:
    """What is to change of a wish; None leaves it. `priority` is its place, 1 the first; an empty note takes it off."""

    quantity: int | None = None
    note: str | None = None
    priority: int | None = None


NotCopied = Literal["ALREADY_THERE", "NO_ROOM", "UNAVAILABLE"]
"""Why a product of another list was not put on this one."""


@value
class Copied:
    """What became of one product of a list that was copied; without a reason it is on the list now."""

    product_id: UUID
    variant_id: UUID | None
    reason: NotCopied | None


@dataclass(slots=True)
class Wish:
    """One product, or variant, on a list. Lists are in the order of `rank`, which says nothing else."""

    id: UUID
    product_id: UUID
    variant_id: UUID | None
    quantity: int
    note: str | None
    options: Mapping[str, str]
    rank: int
    created_at: datetime

    @property
    def identity(self) -> tuple[UUID, UUID | None]:
        """What makes two wishes one."""
        return self.product_id, self.variant_id

    @property
    def listed(self) -> ListedProduct:
        """The product as events say it."""
        return ListedProduct(product_id=self.product_id, variant_id=self.variant_id)


@dataclass(slots=True, kw_only=True)
class Wishlist(OwnedList[WishlistUpdated]):
    """One shopper's wishes on one site, in their order."""

    wishes: list[Wish]

    @classmethod
    def begin(cls, company_id: UUID, owner: Owner, context: ChangeContext) -> "Wishlist":
        """A list with nothing on it, which is stored with its first change."""
        return cls(
            id=context.new_id(),
            company_id=company_id,
            owner=owner,
            wishes=[],
            version=0,
            link=None,
            created_at=context.now,
            updated_at=context.now,
        )

    def require_wish(self, wish_id: UUID) -> Wish:
        """The wish with this id; raises WishNotFound."""
        found = next((wish for wish in self.wishes if wish.id == wish_id), None)
        if found is None:
            raise errors.WishNotFound()
        return found

    def add(self, new: NewWish, context: ChangeContext, kind: ListChangeKind = "ITEM_ADDED") -> bool:
        """Put a wish at the end; one that is there stays as it is, and False is returned. Raises WishlistFull."""
        if self._find((new.product_id, new.variant_id)) is not None:
            return False
        if self.is_full:
            raise errors.WishlistFull(maxItems=MAX_WISHES)
        self.record(kind, [self._append(new, context).listed], context)
        return True

    def change_wish(self, wish_id: UUID, patch: WishPatch, context: ChangeContext) -> None:
        """Change a wish's quantity, note or place; what is so already is no change. Raises WishNotFound."""
        wish = self.require_wish(wish_id)
        before = wish.quantity, wish.note, self.wishes.index(wish)
        if patch.quantity is not None:
            wish.quantity = patch.quantity
        if patch.note is not None:
            wish.note = patch.note or None
        if patch.priority is not None:
            self._place(wish, patch.priority)
        if (wish.quantity, wish.note, self.wishes.index(wish)) != before:
            self.touched.add(wish.id)
            self.record("ITEM_CHANGED", [wish.listed], context)

    def remove(self, wish_id: UUID, context: ChangeContext, kind: ListChangeKind = "ITEM_REMOVED") -> Wish:
        """Take a wish off; raises WishNotFound."""
        wish = self.require_wish(wish_id)
        self.wishes.remove(wish)
        self.removed.add(wish.id)
        self.record(kind, [wish.listed], context)
        return wish

    def take_from_cart(self, new: NewWish, context: ChangeContext) -> None:
        """Put a line of the cart at the end; a wish that is there has the larger quantity. Raises WishlistFull."""
        there = self._find((new.product_id, new.variant_id))
        if there is None:
            self.add(new, context, "MOVED_FROM_CART")
            return
        there.quantity = max(there.quantity, new.quantity)
        self.touched.add(there.id)
        self.record("MOVED_FROM_CART", [there.listed], context)

    def take_all(
        self,
        wishes: Sequence[NewWish],
        kind: ListChangeKind,
        context: ChangeContext,
        unavailable: Collection[UUID] = (),
    ) -> list[Copied]:
        """Put at the end what is not there, as far as there is room; what became of each, in their order."""
        copied, added = [], []
        for new in wishes:
            reason = self._why_not(new, unavailable)
            if reason is None:
                added.append(self._append(new, context))
            copied.append(Copied(new.product_id, new.variant_id, reason))
        if added:
            self.record(kind, [wish.listed for wish in added], context)
        return copied

    def merge(self, guest: "Wishlist", context: ChangeContext) -> None:
        """Take over what a guest has wished for before they signed in, with quantities and notes (rules.md 11)."""
        self.take_all([_again(wish) for wish in guest.wishes], "MERGED_IN", context)

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be wished for."""
        return len(self.wishes) >= MAX_WISHES

    def _why_not(self, new: NewWish, unavailable: Collection[UUID]) -> NotCopied | None:
        if self._find((new.product_id, new.variant_id)) is not None:
            return "ALREADY_THERE"
        if new.product_id in unavailable:
            return "UNAVAILABLE"
        return "NO_ROOM" if self.is_full else None

    def _find(self, identity: tuple[UUID, UUID | None]) -> Wish | None:
        return next((wish for wish in self.wishes if wish.identity == identity), None)

    def _append(self, new: NewWish, context: ChangeContext) -> Wish:
        rank = self.wishes[-1].rank + 1 if self.wishes else 1
        wish = Wish(
            context.new_id(), new.product_id, new.variant_id, new.quantity, new.note, new.options, rank, context.now
        )
        self.wishes.append(wish)
        self.touched.add(wish.id)
        return wish

    def _place(self, wish: Wish, priority: int) -> None:
        """Put a wish at this place, or at the end of a shorter list; the others move up or down."""
        self.wishes.remove(wish)
        self.wishes.insert(priority - 1, wish)
        for rank, one in enumerate(self.wishes, start=1):
            if one.rank != rank:
                one.rank = rank
                self.touched.add(one.id)

    @property
    def listed(self) -> tuple[ListedProduct, ...]:
        """Every product that is wished for."""
        return tuple(wish.listed for wish in self.wishes)

    def _event(
        self, kind: ListChangeKind, products: tuple[ListedProduct, ...], context: ChangeContext
    ) -> WishlistUpdated:
        return WishlistUpdated(
            site_id=self.owner.site_id,
            actor=context.actor,
            owner=self.owner.kind,
            kind=kind,
            products=products,
            item_count=len(self.wishes),
        )


def _again(wish: Wish) -> NewWish:
    return NewWish(wish.product_id, wish.variant_id, wish.quantity, wish.note, wish.options)

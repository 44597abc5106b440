"""What a process has in hand of each cart that it follows, and what hints do to it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final
from uuid import UUID

from servicekit.http.event_stream import Outlet
from servicekit.languages.sentences import Translator

from cart.streams.domain import About, Audience, EndReason, Hint
from cart.streams.view import Shown, end_frame

EMPTY_SECONDS: Final = 0.5
"""How often at most a change of some cart has it looked up whether a customer without one has one now."""


@dataclass(slots=True)
class Newcomer:
    """A stream that is being opened, by a client that has seen the event of this id last."""

    outlet: Outlet
    last_seen: str
    begun: "asyncio.Future[None]"


@dataclass(slots=True, eq=False)
class Watch:
    """One audience with its open streams. Of the cart it keeps no more than what tells whether it has changed."""

    audience: Audience
    translator: Translator | None
    look_at: float = inf
    """When to look at the latest, by the loop's clock."""
    looked_at: float = -inf
    stale_at: float = inf
    """When the clock alone changes what the cart shows, so that it is read again whatever its stamp."""
    outlets: list[Outlet] = field(default_factory=list)
    """The oldest first."""
    newcomers: list[Newcomer] = field(default_factory=list)
    cart_id: UUID | None = None
    stamp: str | None = None
    """That of the last look; None has the cart read whether or not it is another one."""
    shown_id: str = ""
    version: int = 0
    products: frozenset[UUID] = frozenset()

    @property
    def is_over(self) -> bool:
        """Whether nobody follows any more."""
        return not self.outlets and not self.newcomers

    def look_by(self, moment: float) -> None:
        """Look no later than this."""
        self.look_at = min(self.look_at, moment)

    def show(self, cart: Shown) -> None:
        """Give the cart to every stream that has not had it like that, and let newcomers in."""
        if cart.id != self.shown_id:
            for outlet in self.outlets:
                outlet.offer(cart.frame)
        for newcomer in self.let_in():
            if newcomer.last_seen != cart.id:
                newcomer.outlet.offer(cart.frame)
        self.shown_id, self.version, self.products = cart.id, cart.version, cart.products

    def let_in(self) -> list[Newcomer]:
        """Begin the streams of those who still wait for it."""
        waiting = [newcomer for newcomer in self.newcomers if not newcomer.begun.done()]
        self.newcomers.clear()
        for newcomer in waiting:
            self.outlets.append(newcomer.outlet)
            newcomer.begun.set_result(None)
        return waiting

    def refuse(self, error: Exception) -> None:
        """Let no newcomer in."""
        for newcomer in self.newcomers:
            if not newcomer.begun.done():
                newcomer.begun.set_exception(error)
        self.newcomers.clear()

    def end(self, reason: EndReason) -> None:
        """End every stream."""
        for outlet in self.outlets:
            outlet.end(reason, end_frame(reason))

    def leave(self, outlet: Outlet) -> None:
        """Forget a stream, wherever it is; again changes nothing."""
        self.newcomers = [newcomer for newcomer in self.newcomers if newcomer.outlet is not outlet]
        self.outlets = [one for one in self.outlets if one is not outlet]


class Watches:
    """Those of a process, by company and audience. For one event loop."""

    def __init__(self) -> None:
        self._companies: dict[UUID, dict[Audience, Watch]] = defaultdict(dict)

    def __iter__(self) -> Iterator[Watch]:
        return (watch for watches in self._companies.values() for watch in watches.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return not self._companies

    def of(self, audience: Audience, translator: Translator | None) -> Watch:
        """The watch of an audience, which is made when there is none yet."""
        watches = self._companies[audience.company_id]
        if audience not in watches:
            watches[audience] = Watch(audience, translator)
        return watches[audience]

    def remove(self, watch: Watch) -> None:
        """Forget one, if it is there."""
        company_id = watch.audience.company_id
        watches = self._companies.get(company_id, {})
        if watches.get(watch.audience) is watch:
            del watches[watch.audience]
        if not watches:
            self._companies.pop(company_id, None)

    def due(self, now: float, interval: float) -> Iterable[tuple[UUID, Sequence[Watch]]]:
        """Those to look at, by company: by a hint, by the clock, or because the last look is an interval ago.

        They count as looked at from now on, so that what is noted of them meanwhile has them looked at again.
        """
        found = {}
        for company_id, watches in self._companies.items():
            ripe = [
                one
                for one in watches.values()
                if one.look_at <= now or one.stale_at <= now or one.looked_at + interval <= now
            ]
            for watch in ripe:
                if watch.stale_at <= now:
                    watch.stale_at, watch.stamp = inf, None
                watch.look_at, watch.looked_at = inf, now
            if ripe:
                found[company_id] = ripe
        return found.items()

    def note(self, hints: Iterable[Hint], now: float) -> None:
        """Have those looked at that hints are about."""
        companies: dict[UUID, list[Hint]] = defaultdict(list)
        for hint in hints:
            if hint.company_id in self._companies:
                companies[hint.company_id].append(hint)
        for company_id, of_company in companies.items():
            _note(self._companies[company_id].values(), of_company, now)


def _note(watches: Iterable[Watch], hints: Sequence[Hint], now: float) -> None:
    ids = {about: {hint.id for hint in hints if hint.about is about} for about in About}
    for watch in watches:
        if watch.cart_id is None and ids[About.CART]:
            watch.look_by(max(now, watch.looked_at + EMPTY_SECONDS))
        elif (
            ids[About.COMPANY] or watch.cart_id in ids[About.CART] or not watch.products.isdisjoint(ids[About.PRODUCT])
        ):
            watch.look_by(now)

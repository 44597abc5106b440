"""Carts that hold stock under random histories of changes, faults and kills, over the real cart and inventory.

Nothing is expected of an answer but that it is one of those that are documented; what both databases say between the
steps decides (`truth`).
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import httpx
from cart.carts.use_cases.run_timers import EXPIRY
from contracts.cart import CartConverted
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from servicekit.ids import new_id

from .crossing import FAULTS, Fault
from .cuts import Cuts
from .shoppers import Shopper, TwoServiceShop
from .truth import OPEN, Truth, check_holds, check_quiet, check_stock, read_truth
from .two_services import Mail, TwoServices, mails

STOCK = {"mug": 7, "bowl": 4}
CARTS = 9
"""Of guests and of the customer in one history; each may open ten a minute."""
DOCUMENTED = {200, 201, 400, 404, 409, 410, 422, 429, 503}
ROUNDS = 5
"""Runs of the job until nothing is left to resolve; one is enough, unless it gives back what was refused."""

STEPS = {
    "change": 8,
    "hold": 3,
    "release": 1,
    "order": 2,
    "order a piece": 1,
    "sign in": 1,
    "hold's time is over": 2,
    "cart's time is over": 1,
    "resolve": 5,
    "late call arrives": 3,
    "waiting calls go on": 3,
    "message arrives": 4,
}
"""What may happen, and how often beside the others."""


@dataclass(frozen=True)
class Details:
    """Of whatever happens next; each step takes what concerns it."""

    who: int
    sku: str
    quantity: int
    pick: int
    """Which one, where there are several: counted around."""
    yes: bool
    fault: Fault | None
    cut: int | None


steps = st.sampled_from([name for name, weight in STEPS.items() for _ in range(weight)])
details = st.builds(
    Details,
    who=st.integers(0, 2),
    sku=st.sampled_from(sorted(STOCK)),
    quantity=st.integers(0, 4),
    pick=st.integers(0, 99),
    yes=st.booleans(),
    fault=st.sampled_from([None] * 8 + list(FAULTS)),
    cut=st.sampled_from([None] * 64 + list(range(1, 17))),
)
CUSTOMER = 2
T = TypeVar("T")


@dataclass
class Running:
    """Both services, and the loop that they run in."""

    runner: asyncio.Runner
    services: TwoServices
    cuts: Cuts

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end."""
        return self.runner.run(work)


class HoldMachine(RuleBasedStateMachine):
    """Two guests and a customer want more than there is; `shoppers` are who they are now."""

    running: ClassVar[Running]
    shop: TwoServiceShop
    to_cart: Mail
    to_inventory: Mail

    @initialize()
    def open(self) -> None:
        """A company with a few mugs and bowls, and three carts that hold a mug each."""
        self.waiting: list[asyncio.Task[httpx.Response]] = []
        self.running.do(self._open())

    async def _open(self) -> None:
        services, company_id = self.running.services, new_id()
        self.to_cart, self.to_inventory = mails(services, company_id)
        self.shop = await TwoServiceShop.open(services, company_id, STOCK)
        await self._deliver_all(self.to_cart)
        self.shoppers = [await self.shop.guest(), await self.shop.guest(), await self.shop.customer()]
        for shopper in self.shoppers:
            await self._hold_one("mug", shopper)
        self.opened, self.without_cart = Counter({"guest": 2, "customer": 1}), set[int]()

    @rule(step=steps, it=details)
    def step(self, step: str, it: Details) -> None:
        """Somebody does something, or something happens."""
        self.running.do(self._step(step, it))

    async def _step(self, step: str, it: Details) -> None:
        if it.yes:
            await self._open_new_carts()
        shop, shopper = self.shop, self.shoppers[it.who]
        match step:
            case "change":
                await self._act(shop.change(shopper, it.sku, it.quantity), it)
            case "hold":
                await self._act(shop.hold(shopper, "POST"), it)
            case "release":
                await self._act(shop.hold(shopper, "DELETE"), it)
            case "order" | "order a piece":
                await self._act(shop.order(shopper, it.pick % 2, part=step == "order a piece"), it)
            case "sign in":
                key = {"idempotency-key": str(new_id())} if it.yes else {}
                await self._act(shop.sign_in(self.shoppers[it.who % CUSTOMER], it.pick % 2 == 0, **key), it)
            case "resolve":
                await shop.end_leases()
                await self._act(self.running.services.resolver.run(), it)
            case "cart's time is over":
                await shop.make_old(shopper)
                await self._act(self.running.services.timers.run(EXPIRY), it)
            case "hold's time is over":
                await shop.end_hold(shopper, swept=it.yes)
            case "late call arrives":
                await self._late_call_arrives(it.pick)
            case "waiting calls go on":
                await self._waiting_calls_go_on()
            case "message arrives":
                await self._message_arrives(self.to_cart if it.yes else self.to_inventory, it.pick)

    async def _hold_one(self, sku: str, shopper: Shopper) -> None:
        await self.shop.change(shopper, sku, 1)
        await self.shop.hold(shopper, "POST")

    async def _open_new_carts(self) -> None:
        """Whose cart is final, or not theirs any more, opens another and holds a bowl, if one is left."""
        for i in self.without_cart if max(self.opened.values()) < CARTS else ():
            self.shoppers[i] = await (self.shop.customer() if i == CUSTOMER else self.shop.guest())
            self.opened["customer" if i == CUSTOMER else "guest"] += 1
            await self._hold_one("bowl", self.shoppers[i])

    def _note_who_lost_their_cart(self, truth: Truth) -> None:
        carts = {str(cart.id): cart for cart in truth.carts}
        now = [carts[shopper.cart_id] for shopper in self.shoppers]
        gone = {i for i, cart in enumerate(now) if cart.status not in OPEN}
        self.without_cart = gone | {i for i, cart in enumerate(now) if i != CUSTOMER and cart.customer_id is not None}

    async def _late_call_arrives(self, pick: int) -> None:
        """A call that was given up reaches inventory after all."""
        late = self.running.services.crossing.late
        if late:
            await late.pop(pick % len(late))()

    async def _waiting_calls_go_on(self) -> None:
        """Calls that were held up go on, and so do those who made them."""
        for goes_on in self.running.services.crossing.waiting:
            goes_on.set()
        self.running.services.crossing.waiting.clear()
        waiting, self.waiting = self.waiting, []
        for answer in await asyncio.gather(*waiting, return_exceptions=True):
            _judge(answer)

    async def _message_arrives(self, mail: Mail, pick: int) -> None:
        """One message arrives, in any order; or one that has arrived, again."""
        events = [*await mail.waiting(), *mail.delivered.values()]
        if events:
            await mail.deliver(events[pick % len(events)])

    async def _deliver_all(self, mail: Mail) -> None:
        for event in await mail.waiting():
            await mail.deliver(event)

    @invariant()
    def holds_are_the_carts_and_stock_adds_up(self) -> None:
        """At every moment (rules.md 17, 18)."""
        truth = self.running.do(self._truth())
        check_holds(truth)
        self._check_stock(truth)
        self._note_who_lost_their_cart(truth)

    def _check_stock(self, truth: Truth) -> None:
        announced = {it.subject for it in self.to_inventory.delivered.values() if isinstance(it.data, CartConverted)}
        check_stock(truth, {self.shop.variants[sku]: quantity for sku, quantity in STOCK.items()}, announced)

    async def _truth(self) -> Truth:
        return await read_truth(self.running.services.carts, self.running.services.stock, self.shop.company_id)

    def teardown(self) -> None:
        """Everything comes to rest: no change is left under way, and both services have the same."""
        if hasattr(self, "shop"):
            truth = self.running.do(self._come_to_rest())
            check_holds(truth)
            self._check_stock(truth)
            check_quiet(truth)

    async def _come_to_rest(self) -> Truth:
        await self._waiting_calls_go_on()
        for _ in range(ROUNDS):
            await self.shop.end_leases()
            if await self.running.services.resolver.run() == 0:
                break
        crossing = self.running.services.crossing
        while crossing.late:
            await crossing.late.pop()()
        await self.shop.sweep()
        for mail in (self.to_inventory, self.to_cart):
            await self._deliver_all(mail)
        return await self._truth()

    async def _act(self, work: Coroutine[Any, Any, Any], it: Details) -> None:
        """Do what somebody does, with the fault on its call of inventory, and cut down at that statement."""
        crossing, cuts = self.running.services.crossing, self.running.cuts
        crossing.fault = it.fault
        crossing.arrived.clear()
        task = crossing.victim = cuts.victim = asyncio.create_task(work)
        cuts.left = it.cut
        held_up = asyncio.create_task(crossing.arrived.wait())
        await asyncio.wait({task, held_up}, return_when=asyncio.FIRST_COMPLETED)
        held_up.cancel()
        crossing.fault = crossing.victim = cuts.victim = cuts.left = None
        if task.done():
            _judge(asyncio.CancelledError() if task.cancelled() else task.exception() or task.result())
        else:
            self.waiting.append(task)


def _judge(answer: object) -> None:
    """Raise what nobody documented; who was killed has no answer."""
    if isinstance(answer, httpx.Response):
        assert answer.status_code in DOCUMENTED, f"{answer.status_code}: {answer.text}"
    elif isinstance(answer, BaseException) and not isinstance(answer, asyncio.CancelledError):
        raise answer

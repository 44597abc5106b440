"""What a checkout does to the cart of a random history: it freezes the cart, goes on with it, or gives it up."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import httpx
from cart.carts.use_cases.run_timers import DueCarts
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from servicekit.db import Database
from servicekit.testing import FixedClock

from ..cart_model import FINAL, FROZEN, THRESHOLD, Model
from ..shop import Guest, Shop
from .test_freezing import freeze, thaw

T = TypeVar("T")


@dataclass
class RunningService:
    """The running service, and the loop that it runs in."""

    runner: asyncio.Runner
    client: httpx.AsyncClient
    database: Database
    clock: FixedClock
    timers: DueCarts

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end."""
        return self.runner.run(work)


class CheckoutRules(RuleBasedStateMachine):
    """A guest's cart, and two checkouts that want it."""

    running: ClassVar[RunningService]
    shop: Shop
    guest: Guest
    model: Model

    @property
    def now(self) -> datetime:
        """The service's time."""
        return self.running.clock.now()

    @precondition(lambda self: self.model.lines)
    @rule(checkout=st.sampled_from(["C-1", "C-2"]), span=st.sampled_from([THRESHOLD, timedelta(hours=1)]))
    def begin_checkout(self, checkout: str, span: timedelta) -> None:
        """Freeze the cart for a checkout, or go on with it; another's cart is refused."""
        call = freeze(self.shop, self.guest, checkout, int(span.total_seconds()))
        if self._may_hold(checkout, self.running.do(call)):
            self.model.freeze(checkout, span, self.now)

    @precondition(lambda self: self.model.frozen_until)
    @rule(checkout=st.sampled_from(["C-1", "C-2"]))
    def give_up(self, checkout: str) -> None:
        """Thaw it: what is not frozen, or final, stays as it is."""
        answer = self.running.do(thaw(self.shop, self.guest, checkout))
        if self.model.status in FINAL:
            assert answer.status_code == 200
        elif self._holds_another(checkout):
            assert (answer.status_code, answer.json()["code"]) == FROZEN
        else:
            assert answer.status_code == 200
            self.model.frozen_until = None

    def _may_hold(self, checkout: str, answer: httpx.Response) -> bool:
        refusal = self.model.refusal(self.now) or (FROZEN if self._holds_another(checkout) else None)
        assert (answer.status_code, answer.json().get("code")) == (refusal or (200, None)), answer.text
        return refusal is None

    def _holds_another(self, checkout: str) -> bool:
        return self.model.is_frozen(self.now) and self.model.checkout != checkout

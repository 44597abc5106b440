"""Whatever happens in whatever order: in the end every open stream has been given its cart as it is."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, cast
from uuid import UUID

import pytest
from cart.settings import CartSettings
from cart.streams.clients import HintReceiver
from cart.streams.domain import About, Audience, Hint, Sighting
from cart.streams.use_cases import follow_carts
from cart.streams.use_cases.follow_carts import CartFollower, Following, StreamLimits
from cart.streams.use_cases.look_at_carts import CartLooker, Look
from cart.streams.use_cases.watching import Watch
from cart.streams.view import Shown
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servicekit.clock import SystemClock
from servicekit.ids import new_id
from servicekit.process.flags import Flags
from servicekit.testing.polling import poll

COMPANY = new_id()
CARTS = [new_id() for _ in range(3)]

Step = tuple[str, int]
STEPS = st.lists(st.tuples(st.sampled_from(("open", "change", "hint", "leave", "lose", "wait")), st.integers(0, 2)))


class Carts:
    """Versions of carts, looked at as the database is: slowly, and while they change."""

    def __init__(self) -> None:
        self.versions = [1, 1, 1]

    async def look(self, company_id: UUID, watches: Sequence[Watch]) -> list[Look]:
        """What each watch follows."""
        looks = []
        for watch in watches:
            number = CARTS.index(watch.audience.cart_id or company_id)
            version = self.versions[number]
            await asyncio.sleep(0)
            shown = Shown(f"{version}", b"%d" % version, version=version)
            is_known = watch.stamp == f"{version}"
            looks.append(Look(Sighting(CARTS[number], "ACTIVE", f"{version}"), None if is_known else shown))
            await asyncio.sleep(0)
        return looks


class Hints:
    """Those that arrive; while Redis is away none do."""

    is_listening = True
    receive: Callable[[Sequence[Hint]], None]

    async def run(self, receive: Callable[[Sequence[Hint]], None], joined: Callable[[], None]) -> None:
        """Be there."""
        self.receive = receive
        await asyncio.Event().wait()


class Tabs:
    """Open streams of the carts, each with the newest version that it was given."""

    def __init__(self) -> None:
        self.carts, self.hints = Carts(), Hints()
        self.follower = CartFollower(
            cast(CartLooker, self.carts),
            cast(HintReceiver, self.hints),
            Flags(CartSettings.model_construct(cart_sync_enabled=True)),
            SystemClock(),
            asyncio.Event(),
            StreamLimits(100, 100),
        )
        self.open: list[tuple[int, Following, list[int], asyncio.Task[None]]] = []

    async def do(self, step: Step) -> None:
        """One thing that happens."""
        what, number = step
        match what:
            case "open":
                audience = Audience(COMPANY, b"%d" % number, None, CARTS[number], None, "en")
                following, shown = await self.follower.follow(audience, None, "", None), list[int]()
                self.open.append((number, following, shown, asyncio.create_task(self._read(following, shown))))
            case "change":
                self.carts.versions[number] += 1
            case "hint" if self.open:
                self.hints.receive([Hint(About.CART, COMPANY, CARTS[number])])
            case "leave" if self.open:
                _, following, _, reading = self.open.pop(0)
                reading.cancel()
                self.follower.leave(following, "LEFT")
            case "lose":
                self.hints.is_listening = number > 0
            case _:
                await asyncio.sleep(0)

    async def _read(self, following: Following, shown: list[int]) -> None:
        while True:
            body, _ = await following.outlet.take()
            shown.append(int(body))

    async def are_right(self) -> None:
        """Wait until each has its cart's version."""

        async def missing() -> list[int]:
            return [n for n, _, shown, _ in self.open if shown[-1:] != [self.carts.versions[n]]]

        await poll(missing, lambda found: not found, every_seconds=0.001)

    async def close(self) -> None:
        """End all of them."""
        while self.open:
            await self.do(("leave", 0))
        await self.follower.close()


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often."""
    monkeypatch.setattr(follow_carts, "PAUSE_SECONDS", 0.0005)
    monkeypatch.setattr(follow_carts, "INTERVAL_SECONDS", 0.01)
    monkeypatch.setattr(follow_carts, "POLLING_SECONDS", 0.005)


def run(scenario: Callable[[Tabs], Coroutine[Any, Any, None]]) -> None:
    """A scenario in a loop of its own."""

    async def whole() -> None:
        tabs = Tabs()
        try:
            await scenario(tabs)
        finally:
            await tabs.close()

    asyncio.run(whole())


@given(STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_open_tab_is_right_in_the_end(steps: list[Step]) -> None:
    """Hints may come late, twice, or not at all, and tabs open and close while carts are looked at."""

    async def scenario(tabs: Tabs) -> None:
        for step in steps:
            await tabs.do(step)
        await tabs.are_right()
        for _, _, shown, _ in tabs.open:
            assert shown == sorted(set(shown))

    run(scenario)


def test_a_process_keeps_nothing_of_streams_that_are_over() -> None:
    """Thousands come and go in an hour."""

    async def scenario(tabs: Tabs) -> None:
        for number in range(30):
            await tabs.do(("open", number % 3))
        while tabs.open:
            await tabs.do(("leave", 0))

        follower = tabs.follower
        assert (follower._open, follower._watches.is_empty, dict(follower._of_shopper)) == (0, True, {})

    run(scenario)

"""The crowd: every shopper of a run, each on their own way, not all at the same moment."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

from localservers.concurrency import at_once

from cartwheel_local.demo.browser import Browser
from cartwheel_local.demo.journeys import Journey, choose
from cartwheel_local.demo.shopper import Shopper
from cartwheel_local.demo.world import World

_ARRIVING: Final = 0.6
"""The share of the run in which shoppers arrive; the rest is for those who come back."""
_MOST_AT_ONCE: Final = 80


async def shop(world: World, *, shoppers: int, seconds: float, seed: int, done: Callable[[], None]) -> None:
    """Let so many shoppers shop over about so many seconds; `done` is called as each goes home.

    Who does what is the same for the same seed. Raises Surprised as soon as one of them is answered wrongly.
    """
    random = Random(seed)  # noqa: S311  # a simulation, repeatable on purpose
    room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def live(number: int, journey: Journey, choices: Random) -> None:
        await asyncio.sleep(choices.uniform(0, seconds * _ARRIVING))
        async with room, Browser(world.api_url, number) as browser:
            shopper = Shopper(world, choices.choice(world.sites), browser, choices, number)
            await journey(shopper)
            done()
            await _leave(shopper)

    async with at_once() as group:
        for number, journey in enumerate(choose(shoppers, random), start=1):
            group.create_task(live(number, journey, Random(random.random())))  # noqa: S311  # as above


async def _leave(shopper: Shopper) -> None:
    """An open cart with something in it is left behind, and its shopper sees how that ends."""
    if shopper.cart.status in ("ACTIVE", "ABANDONED") and shopper.cart.items:
        await shopper.wait_until_abandoned()

"""The crowd: every shopper of a run, each on their own way, not all at the same moment."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

from localservers.concurrency import at_once

from simulator.demo.browser import Browser, transport_of
from simulator.demo.journeys import Journey, choose
from simulator.demo.shopper import Shopper
from simulator.demo.stack import DemoStack

_ARRIVING: Final = 0.6
"""The share of the run in which shoppers arrive; the rest is for those who come back."""
_MOST_AT_ONCE: Final = 80


async def shop_all(stack: DemoStack, *, shoppers: int, seconds: float, seed: int, done: Callable[[], None]) -> None:
    """Let so many shoppers shop over about so many seconds; `done` is called as each goes home.

    Who does what is the same for the same seed. Raises WrongAnswer, or
    what the client raises, as soon as one of them is answered wrongly.
    """
    random = Random(seed)  # noqa: S311  # a simulation, repeatable on purpose
    room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def shop_alone(number: int, journey: Journey, choices: Random) -> None:
        await asyncio.sleep(choices.uniform(0, seconds * _ARRIVING))
        async with (
            room,
            stack.stack.gateway(stack.company_id, transport=transport_of(number)) as cartwheel,
            Browser(stack.stack.gateway_url, transport_of(number)) as browser,
        ):
            shopper = Shopper(stack, choices.choice(stack.sites), cartwheel, browser, choices, number)
            await journey(shopper)
            done()
            await _leave(shopper)

    async with at_once() as group:
        for number, journey in enumerate(choose(shoppers, random), start=1):
            group.create_task(shop_alone(number, journey, Random(random.random())))  # noqa: S311  # nothing is guessed by it


async def _leave(shopper: Shopper) -> None:
    """An open cart with something in it is left behind, and its shopper sees how that ends."""
    if shopper.note.status in ("ACTIVE", "ABANDONED") and shopper.note.items:
        await shopper.wait_until_abandoned()

"""A cart and its clock under random histories: the running service is the model (`cart_machine`)."""

import asyncio
from contextlib import AsyncExitStack

from cart.carts.use_cases.run_timers import DueCarts
from cart.main import create_app
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis.stateful import run_state_machine_as_test
from servicekit.db import Database
from servicekit.testing import FixedClock, client_of
from servicekit.testing.databases import PoolSettings

from .cart_machine import CartMachine
from .checkout_rules import RunningService

BOUNDED = bounds(
    max_examples=15,
    stateful_step_count=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a history of thirty steps can be read as it is; making it smaller takes minutes
)


async def _running(
    runner: asyncio.Runner, own: AsyncExitStack, settings: CartSettings, database_url: str
) -> RunningService:
    clock = FixedClock()
    database = await Database.open(PoolSettings(database_url), service="cart", clock=clock)
    own.push_async_callback(database.close)
    client = await own.enter_async_context(client_of(create_app(settings, clock)))
    return RunningService(runner, client, database, clock, DueCarts(database, CompiledRulesCache()))


def test_random_histories_are_those_of_the_model(settings: CartSettings, database_url: str) -> None:
    """Fifteen histories of thirty steps, the same ones every time."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        own = AsyncExitStack()
        CartMachine.running = runner.run(_running(runner, own, settings, database_url))
        run_state_machine_as_test(CartMachine, settings=BOUNDED)
        runner.run(own.aclose())

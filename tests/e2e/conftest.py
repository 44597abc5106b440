"""The whole running stack for the journeys: started once a session in a home of its own, and stopped at the end."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from cartwheel_local.face import Face
from cartwheel_local.files import read_env
from cartwheel_local.home import REPOSITORY, Home
from cartwheel_local.secrets import load_secrets
from cartwheel_local.seed.tokens import Tokens
from cartwheel_local.stack import down, up

from .shop_owner import Shop, open_shop
from .stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack, with the addresses and tokens of its stack.env."""
    home = Home.at(REPOSITORY / ".local" / "e2e")
    asyncio.run(up(home, Face()))
    yield Stack(home, read_env(home.env_file), Tokens(load_secrets(home)))
    asyncio.run(down(home))


@pytest.fixture
async def shop(stack: Stack) -> AsyncIterator[Shop]:
    """A company of its own, with a site, three products, rules and a campaign: no test sees another's."""
    async with open_shop(stack) as shop:
        yield shop

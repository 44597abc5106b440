"""The Python client against the real services."""

import asyncio
import os
import re
import sys
from pathlib import Path

from cartwheel_client import Cartwheel, Retries
from localservers.home import REPOSITORY

from .shop import Shop
from .stack import Stack

README = REPOSITORY / "libs" / "client" / "README.md"
AWAY_SECONDS = 2.0


def example() -> str:
    """The program in the client's README."""
    found = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert found, "the README has no example"
    return found[1]


async def test_the_example_of_the_readme_works(stack: Stack, tmp_path: Path) -> None:
    """As it stands there, with what stack.env says."""
    program = tmp_path / "example.py"
    program.write_text(example())

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        env={**os.environ, **stack.env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()

    assert process.returncode == 0, errors.decode()
    lines = output.decode().splitlines()
    assert lines[0] == "3 for 37.50 USD"
    assert re.fullmatch(r"held for \d+ seconds", lines[1])
    assert re.fullmatch(r"ordered for \d+\.\d\d USD", lines[2])


async def test_a_service_that_is_away_for_a_moment_is_not_noticed(shop: Shop) -> None:
    """What is added while the cart service starts again is in the cart, and once."""
    patient = Retries(attempts=60, within=60)
    async with Cartwheel(shop.stack.api_url, shop.company_id, retries=patient) as cartwheel:
        guest = cartwheel.guest()
        await guest.create()
        async with shop.stack.without("cart-api"):
            adding = asyncio.create_task(guest.add_item(shop.products["mug"], 2))
            await asyncio.sleep(AWAY_SECONDS)
            assert not adding.done()
        added = await adding
        cart = await guest.read()

    assert [line.quantity for line in added.items] == [line.quantity for line in cart.items] == [2]
    assert cart.version == added.version

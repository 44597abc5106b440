"""Somebody who uses the stack, so that there is something to measure."""

import asyncio
import sys

import httpx
from cartwheel_local.secrets import load_secrets
from localservers.errors import LocalStackError, StepFailed
from localservers.files import read_env
from localservers.home import Home
from localservers.processes import Spec, run_to_end

SHOPPERS = ("--shoppers", "40", "--seconds", "15")
ADDRESS = {"country": "US", "state": "CA", "postalCode": "94105"}


async def let_shoppers_in(home: Home) -> None:
    """Let simulated shoppers shop, and one ask what tax and shipping would be, which those do not.

    Raises StepFailed unless analytics counts what they saw, LocalStackError when an estimate is refused.
    """
    command = [sys.executable, "-m", "simulator", "demo", *SHOPPERS]
    spec = Spec("shoppers", command, cwd=home.run, environment={"CARTWHEEL_HOME": str(home.path)})
    if await asyncio.to_thread(run_to_end, home, load_secrets(home), spec):
        raise StepFailed(spec.name, "what they saw and what analytics counted differ", home.log(spec.name))
    await _ask_for_estimates(read_env(home.env_file))


async def _ask_for_estimates(variables: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {variables['TEST_AUTH_TOKEN']}"}
    body = {"siteId": variables["TEST_SITE_ID"], "currency": "USD"}
    item = {"productId": variables["TEST_PRODUCT_ID"], "quantity": 1}
    async with httpx.AsyncClient(base_url=variables["API_URL"], headers=headers, timeout=30) as client:
        for path, content in (
            ("/api/cart", body),
            ("/api/cart/items", item),
            ("/api/cart/shipping/estimate", ADDRESS),
            ("/api/cart/tax/estimate", ADDRESS),
        ):
            answer = await client.post(path, json=content)
            if answer.is_error:
                raise LocalStackError(f"{path} answered {answer.status_code}: {answer.text[:300]}")

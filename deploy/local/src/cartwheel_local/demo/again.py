"""Reconciling an earlier demo once more, from the ledger that it left."""

from collections.abc import Sequence
from uuid import UUID

import httpx
from localservers.files import read_env
from localservers.home import Home

from cartwheel_local.demo.counted import reconcile
from cartwheel_local.demo.ledger import Ledger
from cartwheel_local.demo.run import ledger_file
from cartwheel_local.demo.shop import CURRENCIES
from cartwheel_local.reconciliation.figures import Figure
from cartwheel_local.secrets import load_secrets
from cartwheel_local.seed.owner import ShopOwner
from cartwheel_local.seed.tokens import Tokens


async def reconcile_again(home: Home) -> Sequence[Figure]:
    """Compare every figure once, without waiting; the stack must be up. Raises NoDemo when no demo has run here."""
    ledger = Ledger.load(ledger_file(home))
    async with httpx.AsyncClient(base_url=read_env(home.env_file)["API_URL"]) as client:
        owner = ShopOwner(client, Tokens(load_secrets(home)), UUID(ledger.company_id))
        return await reconcile(ledger, owner, CURRENCIES)

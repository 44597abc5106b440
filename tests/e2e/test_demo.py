"""The demo ends with every figure equal, and says so when one is not."""

import json

from simulator.demo.journeys import JOURNEYS

from .command_line import cartwheel_local
from .stack import Stack

KINDS = str(len(JOURNEYS))
"""As many shoppers as there are kinds: one of each."""


async def test_a_demo_reconciles_and_a_lost_row_does_not(stack: Stack) -> None:
    """Shoppers of every kind shop, and analytics agrees with them; with one cart deleted from it, it is found out."""
    demo = await cartwheel_local(stack, "demo", "--shoppers", KINDS, "--seconds", "10")

    assert demo.status == 0, demo.printed
    assert "figures are equal" in demo.printed
    ledger = json.loads((stack.home.path / "demo" / "ledger.json").read_text())
    assert {cart["status"] for cart in ledger["carts"]} >= {"ACTIVE", "ABANDONED", "CONVERTED"}
    assert ledger["mails"] > 0
    assert any(cart["restored"] for cart in ledger["carts"])

    again = await cartwheel_local(stack, "reconcile")
    assert again.status == 0, again.printed

    sold = next(cart for cart in ledger["carts"] if cart["status"] == "CONVERTED")
    async with stack.database("analytics") as database:
        deleted = await database.execute("DELETE FROM cart_facts WHERE cart_id = $1", sold["id"])
    assert deleted == "DELETE 1"

    lost = await cartwheel_local(stack, "reconcile")
    assert lost.status == 1, lost.printed
    assert f"{sold['currency']} revenue (" in lost.printed.splitlines()[-1]

"""What a person sees while the shoppers shop, in a terminal and in a log."""

from io import StringIO

from rich.console import Console
from simulator.demo.ledger import CartNote, Ledger
from simulator.demo.sent_mails import SentMails
from simulator.demo.view import View

NOTES = [
    CartNote("a", "USD", status="CONVERTED", items=2, total=4150, abandoned=True, restored=True),
    CartNote("b", "EUR", status="ABANDONED", items=1, total=900, abandoned=True),
]


def shown(*, terminal: bool) -> str:
    """Everything that a view of two carts shows."""
    console = Console(file=StringIO(), force_terminal=terminal, width=120)
    view = View(console, Ledger("a-company", carts=NOTES, clicks=1), SentMails("", "x.example"), shoppers=5, done=2)
    with view.live() as live:
        view.observe(70, {"analytics.log": 3, "recovery.carts": 0})
        live.refresh()
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_how_everything_stands() -> None:
    """Shoppers, carts, money, mails, events and what waits, each on a line of its own."""
    text = shown(terminal=True)

    for part in (
        "2 of 5 shoppers done",
        "1 abandoned  1 converted",
        "1 of 2 abandoned",
        "USD 41.50",
        "analytics.log 3",
    ):
        assert part in text
    assert "recovery.carts" not in text


def test_a_log_gets_a_line() -> None:
    """Where nothing can be drawn over, one line says it all, and nothing is drawn."""
    lines = shown(terminal=False).splitlines()

    assert "2 of 5 shoppers done; carts: 0 active, 1 abandoned, 1 converted, 0 merged; 1 recovered" in lines[0]
    assert "3 messages waiting; USD 41.50" in lines[0]

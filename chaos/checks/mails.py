"""At most one mail a step, and one for each unless its worker died while it was sent (rules.md 28)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from chaos.checks.violations import Run, Verdict
from chaos.ledger import by_cart
from chaos.records import Records
from chaos.shop import MAIL_DELAYS

IN_HAND: Final = 8
"""Mails that one worker sends at a time (RECOVERY_SEND_CONCURRENCY)."""


def at_most_one_mail_a_step(run: Run) -> Iterator[str]:
    """No message was given to the provider twice, none without the right to send it, and each that is SENT was."""
    given = Counter(run.records.mails)
    messages = {message.id: message for message in run.records.messages}
    yield from (f"the mail {mail} was sent {count} times" for mail, count in given.items() if count > 1)
    yield from (f"the mail {mail} was sent without a right to send it" for mail in given if mail not in messages)
    for message in messages.values():
        if message.status == "SENT" and not given[message.id]:
            yield f"the mail {message.id} is said to be sent, and was not"
    steps = Counter((message.cart_id, message.abandonment_id, message.step) for message in messages.values())
    yield from (f"step {step} of {cart_id} has {n} mails" for (cart_id, _, step), n in steps.items() if n > 1)


def every_reminder_is_due_to_its_shopper(run: Run) -> Iterator[str]:
    """Who left an address and an abandoned cart has each step's mail, or the note that its outcome is unknown."""
    carts = {cart.id: cart for cart in run.records.carts}
    steps = Counter(message.cart_id for message in run.records.messages)
    for cart_id, entries in by_cart(run.entries).items():
        left_address = any(entry.command == "contact" for entry in entries)
        if left_address and cart_id in carts and steps[cart_id] < len(MAIL_DELAYS):
            yield f"the cart {cart_id} is {carts[cart_id].status} with an address, and has {steps[cart_id]} mails"


def unresolved_mails(records: Records, kills: int) -> Verdict:
    """Without an outcome is only what a killed worker had in hand, and nothing was refused."""
    waiting = [message for message in records.messages if message.status in ("CLAIMED", "UNKNOWN")]
    violations = [
        f"the mail {message.id} is {message.status}"
        for message in records.messages
        if message.status not in ("SENT", "CLAIMED", "UNKNOWN")
    ]
    if len(waiting) > kills * IN_HAND:
        violations.append(f"{len(waiting)} mails have no outcome, and {kills} workers had {kills * IN_HAND} at most")
    return Verdict("without an outcome are only mails that a killed worker had in hand", violations, len(waiting))

"""Every accepted command has its effect in the database that owns it, once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from chaos.checks.violations import Run
from chaos.ledger import Command, Entry, accepted, by_cart

KINDS: Final[Mapping[Command, str]] = {
    "add": "ITEM_ADDED",
    "set": "QUANTITY_SET",
    "remove": "ITEM_REMOVED",
    "code": "CODE_APPLIED",
    "contact": "CONTACT_SET",
}
"""How the cart's timeline names what these commands do."""


def every_answer_is_known(run: Run) -> Iterator[str]:
    """Each command was accepted in the end: none was refused, and none left without an answer."""
    for entry in run.entries:
        if entry.outcome != "accepted":
            yield f"{_named(entry)} was {entry.outcome} ({entry.code}) after {entry.attempts} attempts"


def nothing_is_lost(run: Run) -> Iterator[str]:
    """The effect of each accepted command is there."""
    carts = {cart.id: cart for cart in run.records.carts}
    changes = {(change.cart_id, change.version, change.kind) for change in run.records.changes}
    held = {hold.cart_id for hold in run.records.holds}
    for entry in accepted(run.entries):
        cart = carts.get(UUID(entry.cart_id))
        if cart is None:
            yield f"{_named(entry)} was accepted, and the cart is not there"
        elif entry.command in KINDS and (cart.id, entry.seen.version, KINDS[entry.command]) not in changes:
            yield f"{_named(entry)} was accepted as version {entry.seen.version}, and is not in the cart's timeline"
        elif entry.command == "hold" and cart.id not in held:
            yield f"{_named(entry)} was accepted, and inventory never held anything for the cart"
        elif entry.command == "contact" and cart.id not in run.records.contacts:
            yield f"{_named(entry)} was accepted, and recovery has no address of the cart"
        elif entry.command == "order" and (cart.status, cart.order_id) != ("CONVERTED", entry.seen.order_id):
            yield f"{_named(entry)} was accepted, and the cart is {cart.status} with order {cart.order_id}"


def nothing_is_doubled(run: Run) -> Iterator[str]:
    """No accepted command has had its effect twice, and nothing has happened that nobody wanted."""
    done = Counter((change.cart_id, change.kind) for change in run.records.changes)
    known = by_cart(run.entries)
    for cart in run.records.carts:
        if cart.id not in known and cart.id != run.shop.first_cart:
            yield f"the cart {cart.id} is there, and nobody was given it"
    for cart_id, entries in known.items():
        wanted = Counter(entry.command for entry in entries)
        for command, kind in KINDS.items():
            if done[cart_id, kind] > wanted[command]:
                yield f"{cart_id} has {kind} {done[cart_id, kind]} times, for {wanted[command]} accepted commands"
        versions = Counter(entry.seen.version for entry in entries if entry.command in KINDS)
        yield from (
            f"{count} commands on {cart_id} were answered with version {version}"
            for version, count in versions.items()
            if count > 1
        )


def _named(entry: Entry) -> str:
    return f"{entry.command} on {entry.cart_id or 'a cart'} (key {entry.key})"

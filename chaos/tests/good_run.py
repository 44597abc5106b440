"""A run in which nothing went wrong: one cart that was ordered, one that was left behind with an address."""

from uuid import UUID, uuid4

from chaos.checks.violations import Run
from chaos.ledger import Entry, Seen
from chaos.records import (
    Change,
    CountedCart,
    PublishedEvent,
    Records,
    Stock,
    StoredCart,
    StoredHold,
    StoredMessage,
)
from chaos.shop import Shop

MUG = uuid4()
FIRST, BOUGHT, LEFT, ABANDONMENT = uuid4(), uuid4(), uuid4(), uuid4()
MAILS = (uuid4(), uuid4())
ORDER = "order-of-it"


def good_run() -> Run:
    """Everything as it has to be; tests spoil one thing of it."""
    shop = Shop(uuid4(), uuid4(), uuid4(), (uuid4(),), {MUG: 100}, FIRST)
    return Run(shop, _entries(), _records())


def entry(command: str, cart_id: UUID, version: int | None, quantity: int = 0, *, had: int, **more: object) -> Entry:
    """A command that was accepted, and answered with so many mugs at 10 in the cart."""
    lines = {str(MUG): had} if had else {}
    seen = Seen(str(cart_id), version, lines, had * 10)
    return Entry(command, str(uuid4()), str(cart_id), "accepted", 1, quantity=quantity, seen=seen, **more)  # type: ignore[arg-type]  # the test's own words


def _entries() -> list[Entry]:
    return [
        entry("create", BOUGHT, 1, had=0),
        entry("add", BOUGHT, 2, 2, had=2),
        Entry("hold", "h", str(BOUGHT), "accepted", 1),
        Entry("order", "o", str(BOUGHT), "accepted", 3, seen=Seen(order_id=ORDER, total=20)),
        entry("create", LEFT, 1, had=0),
        entry("add", LEFT, 2, 1, had=1),
        entry("set", LEFT, 3, 2, had=3),
        entry("code", LEFT, 4, had=3),
        entry("contact", LEFT, 5, had=3, email="ann@mail.example"),
    ]


def cart(cart_id: UUID, quantity: int, status: str, order_id: str | None = None) -> StoredCart:
    """A cart of mugs at 10."""
    amount = quantity * 10
    lines = {str(MUG): quantity} if quantity else {}
    return StoredCart(cart_id, status, order_id, quantity, amount, 0, 0, 0, amount, amount, lines, False)


EMPTY_CART, BOUGHT_CART, LEFT_CART = (
    cart(FIRST, 0, "ACTIVE"),
    cart(BOUGHT, 2, "CONVERTED", ORDER),
    cart(LEFT, 3, "ABANDONED"),
)


def _records() -> Records:
    changes = [
        Change(BOUGHT, 2, "ITEM_ADDED"),
        Change(LEFT, 2, "ITEM_ADDED"),
        Change(LEFT, 3, "QUANTITY_SET"),
        Change(LEFT, 4, "CODE_APPLIED"),
        Change(LEFT, 5, "CONTACT_SET"),
    ]
    events = [
        PublishedEvent("cart", uuid4(), "cart.updated.v1", cart_id, version, True)
        for cart_id, versions in ((BOUGHT, 3), (LEFT, 6))
        for version in range(1, versions + 1)
    ]
    return Records(
        changes=changes,
        carts=[EMPTY_CART, BOUGHT_CART, LEFT_CART],
        holds=[StoredHold(uuid4(), BOUGHT, "COMMITTED", ORDER, {str(MUG): 2})],
        stock={MUG: Stock(98, 0)},
        events=events,
        logged=[event.id for event in events],
        counted=[
            CountedCart(BOUGHT, "CONVERTED", 2, 20, 20, 2),
            CountedCart(LEFT, "ABANDONED", 3, 30, None, 3),
        ],
        figures={"created": 3, "converted": 1, "revenue": 20},
        contacts=frozenset({LEFT}),
        messages=[StoredMessage(mail, LEFT, ABANDONMENT, step, "SENT") for step, mail in enumerate(MAILS, start=1)],
        mails=list(MAILS),
        waiting={"the outbox of cart": 0, "the queue cart.dlq": 0},
    )

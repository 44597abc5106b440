"""Reading, locking and writing carts."""

from uuid import UUID

import asyncpg
from contracts.value import value
from servicekit.db import TenantUnit
from servicekit.db.idempotency_keys import STORE, StoredAnswer, reserve, taken
from servicekit.errors import ServiceError
from servicekit.http.idempotency_key import IdempotencyKey, SealedAnswer
from servicekit.ids import new_id
from servicekit.messaging import outbox

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.events import events_of
from cart.carts.domain.intents import Product
from cart.carts.domain.lines import CatalogueVariant
from cart.carts.domain.pricing import PricedCart
from cart.carts.persistence import bundle_rows, rows, statements
from cart.carts.persistence.selectors import Selector

_ONE_OPEN_CART = "uq_carts_open_customer"
_ONE_CART_OF_AN_ORDER = "uq_carts_order"


class LostRace(Exception):
    """Somebody else changed the cart, or took the customer's one place for an open cart, since it was read.

    Nothing was written. `use_cases.change` decides what follows: the intent is applied again under the cart's lock.
    """


@value
class Loaded:
    """A cart with what its change needs: the looked-up variants, the version of the rules, an earlier answer."""

    cart: Cart
    variants: list[CatalogueVariant]
    rules_version: int | None
    earlier: StoredAnswer | None


async def load(
    unit: TenantUnit, selector: Selector, *, product: Product | None = None, key: tuple[str, str] | None = None
) -> Loaded | None:
    """Read one cart, or None. `product` is a product and variant to look up, `key` an identity and idempotency key."""
    row = await unit.fetchrow(
        selector.read_sql,
        unit.company_id,
        selector.who,
        selector.what,
        *(product or (None, None)),
        *(key or (None, None)),
    )
    return None if row is None else _loaded(row)


async def lock(unit: TenantUnit, selector: Selector, *, skip_locked: bool = False) -> list[UUID]:
    """Hold these carts until the unit ends; their ids, in the order in which everybody locks them.

    With `skip_locked` those that somebody has are left out instead of waited for.
    """
    sql = selector.lock_sql(skip_locked=skip_locked)
    return [row["id"] for row in await unit.fetch(sql, unit.company_id, selector.who, selector.what)]


async def load_locked(unit: TenantUnit, selector: Selector, *, skip_locked: bool = False) -> list[Loaded]:
    """Lock these carts and read them as they are then, in the order of their ids.

    Two statements, because one that waits for a lock goes on seeing the lines of before (ADR 0004). It also judges the
    row that it waited for by the other rows as they were: so a condition that reads others finds the carts first, and
    again once they are locked by their ids. Raises LostRace when it selects others by then.
    """
    if not selector.reads_others:
        return await load_all(unit, Selector.by_ids(await lock(unit, selector, skip_locked=skip_locked)))
    found = await unit.fetch(selector.find_sql, unit.company_id, selector.who, selector.what)
    locked = await lock(unit, Selector.by_ids([row["id"] for row in found]), skip_locked=skip_locked)
    loaded = await load_all(unit, selector)
    if [one.cart.id for one in loaded] != locked:
        raise LostRace
    return loaded


async def load_all(unit: TenantUnit, selector: Selector) -> list[Loaded]:
    """Read these carts, in the order of their ids."""
    rows_found = await unit.fetch(
        selector.read_sql, unit.company_id, selector.who, selector.what, None, None, None, None
    )
    return sorted((_loaded(row) for row in rows_found), key=lambda loaded: loaded.cart.id)


async def save(unit: TenantUnit, priced: PricedCart, answer: SealedAnswer | None = None) -> None:
    """Write the cart, its changed lines, the events that it recorded and the answer, in one statement.

    What is rarely changed has statements of its own after it: where it is shipped to, its bundles, what is saved for
    later, and what its customer's token says.

    Raises LostRace, and nothing is written, when the cart is no longer at its `saved_version`, when a change of its
    hold has begun since it was read, or when its customer has another open cart by now; CartConvertedAlready when its
    order id is another cart's; what `taken` answers when the answer's key is another request's. After the latter three
    the transaction can only be rolled back, to a savepoint or as a whole.
    """
    cart = priced.cart
    sql, args = _save_call(unit, priced, answer)
    try:
        written = await unit.fetchrow(sql, *args)
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == _ONE_OPEN_CART:
            raise LostRace from taken
        if taken.constraint_name == _ONE_CART_OF_AN_ORDER:
            raise errors.CartConvertedAlready("This order was made of another cart.") from taken
        raise
    if written is None or written["saved"] != 1:
        raise LostRace
    if answer is not None and written["kept"] != 1:
        raise await _taken(unit, answer)
    if cart.delivery_changed:
        await unit.execute(statements.DELIVER, unit.company_id, cart.id, *rows.delivery_args(cart))
    if cart.bundles_changed:
        await unit.execute(statements.KEEP_BUNDLES, unit.company_id, cart.id, bundle_rows.stored(cart.bundles))
    if cart.saved_lines_changed:
        saved = statements.LINES.args([rows.line_row(line) for line in cart.saved_lines], single=False)
        await unit.execute(statements.SAVE_FOR_LATER, unit.company_id, cart.id, cart.updated_at, *saved)
    if cart.terms_changed:
        await keep_terms(unit, cart)
    cart.mark_saved()


async def keep_terms(unit: TenantUnit, cart: Cart) -> None:
    """Write what the customer's token says; it makes no version, as new rules make none."""
    await unit.execute(statements.KEEP_TERMS, unit.company_id, cart.id, rows.stored_terms(cart.terms))
    cart.terms_changed = False


def _save_call(unit: TenantUnit, priced: PricedCart, answer: SealedAnswer | None) -> tuple[str, tuple[object, ...]]:
    """The statement that fits the size of the change, with its arguments."""
    cart = priced.cart
    lines = [rows.line_row(line) for line in cart.lines if line.id in cart.touched]
    activity = [(new_id(), entry.kind, entry.actor, entry.data) for entry in cart.activity]
    events = outbox.encode(events_of(priced))
    single = len(lines) == len(activity) == len(events.rows) == 1 and not cart.removed
    args = (
        *_cart_args(unit, priced),
        *statements.LINES.args(lines, single=single),
        *statements.ACTIVITY.args(activity, single=single),
        *_answer_args(answer),
        cart.hold_fence,
    )
    if single:
        return statements.SAVE_SINGLE, (*args, *events.single_args)
    return statements.SAVE, (*args, *events.args, list(cart.removed))


def _cart_args(unit: TenantUnit, priced: PricedCart) -> tuple[object, ...]:
    cart, totals = priced.cart, priced.quote.totals
    return (
        unit.company_id,
        cart.id,
        cart.saved_version,
        cart.status,
        cart.version,
        cart.customer_id,
        [rows.stored_code(code) for code in cart.codes],
        totals.item_count,
        totals.subtotal,
        totals.discount_total,
        totals.shipping_total,
        totals.tax_total,
        totals.total,
        cart.has_contact,
        cart.last_activity_at,
        cart.check_at,
        cart.expiry_check_at,
        cart.abandonment_id,
        cart.abandoned_at,
        cart.restored_abandonment_id,
        cart.converted_at,
        cart.order_id,
        cart.merged_into,
        cart.updated_at,
    )


async def insert(unit: TenantUnit, priced: PricedCart, session_hash: bytes | None) -> None:
    """Write a new, empty cart with its events and the session that opens it, in one statement.

    Raises LostRace, and nothing is written, when the customer already has an open cart on the site.
    """
    cart = priced.cart
    made = await unit.fetchval(
        statements.INSERT,
        cart.id,
        unit.company_id,
        cart.site.id,
        cart.customer_id,
        cart.currency,
        cart.version,
        cart.last_activity_at,
        cart.check_at,
        cart.expiry_check_at,
        cart.restored_abandonment_id,
        cart.has_contact,
        cart.created_at,
        session_hash,
        cart.visitor_id,
        rows.stored_terms(cart.terms),
        *outbox.encode(events_of(priced)).single_args,
    )
    if made != 1:
        raise LostRace
    cart.mark_saved()


async def reserve_key(unit: TenantUnit, key: IdempotencyKey) -> None:
    """Take the key for this request before its effect is begun; raises what `taken` answers."""
    if not await reserve(unit, key.row, key.request_hash):
        raise await taken(unit, key.row, key.request_hash)


async def keep_answer(unit: TenantUnit, answer: SealedAnswer) -> None:
    """Store an answer that changed nothing: a refusal under an idempotency key; raises what `taken` answers."""
    if await unit.execute(STORE, unit.company_id, *_answer_args(answer)) != "INSERT 0 1":
        raise await _taken(unit, answer)


async def _taken(unit: TenantUnit, answer: SealedAnswer) -> ServiceError:
    return await taken(unit, (unit.company_id, answer.identity, answer.key), answer.request_hash)


def _loaded(row: asyncpg.Record) -> Loaded:
    earlier = None
    if row["key_hash"] is not None:
        earlier = StoredAnswer(row["key_hash"], row["key_status"], row["key_answer"])
    return Loaded(rows.cart_of(row), rows.variants_of(row), row["rules_version"], earlier)


def _answer_args(answer: SealedAnswer | None) -> tuple[object, ...]:
    if answer is None:
        return (None,) * 5
    return answer.identity, answer.key, answer.request_hash, answer.status, answer.sealed

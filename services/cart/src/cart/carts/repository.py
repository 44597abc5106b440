"""Reading and writing carts; every SQL statement of this room is here or in statements.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.ruleset import RuleSet
from quote import CompiledRules, Quote, compile_rule_set
from servicekit.db import TenantUnit, Unit
from servicekit.ids import new_id
from servicekit.messaging import outbox

from cart.carts import rows, statements
from cart.carts.model import Cart, SiteRules, Snapshot


@dataclass(frozen=True, slots=True)
class Selector:
    """Whose cart to read: exactly the carts that this caller may touch."""

    sql: str
    who: object
    what: object

    @classmethod
    def by_id(cls, cart_id: UUID) -> "Selector":
        """Any cart of the company: staff, timers and other services."""
        return cls(statements.READ_BY_ID, cart_id, None)

    @classmethod
    def by_session(cls, token_hash: bytes, cart_id: UUID | None = None) -> "Selector":
        """The guest's cart that this token opens, which must also have the id when one is given (rules.md 7)."""
        return cls(statements.READ_BY_SESSION, token_hash, cart_id)

    @classmethod
    def by_customer(cls, customer_id: str, site_id: UUID | None) -> "Selector":
        """The customer's one open cart on a site, which is the company's first when none is named (rules.md 36)."""
        return cls(statements.READ_BY_CUSTOMER, customer_id, site_id)

    @classmethod
    def by_customer_and_id(cls, customer_id: str, cart_id: UUID) -> "Selector":
        """One of the customer's carts, open or final."""
        return cls(statements.READ_BY_CUSTOMER_AND_ID, customer_id, cart_id)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What an earlier call with the same idempotency key was answered, still sealed."""

    request_hash: bytes
    status: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer to store in the transaction of its effect (rules.md 10)."""

    identity: str
    key: str
    request_hash: bytes
    status: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """A cart with what its change needs: the looked-up variants, the version of the rules, an earlier answer."""

    cart: Cart
    variants: list[Snapshot]
    rules_version: int | None
    earlier: StoredAnswer | None


async def load(
    unit: TenantUnit,
    selector: Selector,
    *,
    product: tuple[UUID, UUID | None] | None = None,
    key: tuple[str, str] | None = None,
) -> Loaded | None:
    """Read one cart, or None. `product` is a product and variant to look up, `key` an identity and idempotency key."""
    product_id, variant_id = product or (None, None)
    identity, idempotency_key = key or (None, None)
    row = await unit.fetchrow(
        selector.sql,
        unit.company_id,
        selector.who,
        selector.what,
        product_id,
        variant_id,
        identity,
        idempotency_key,
    )
    if row is None:
        return None
    earlier = (
        StoredAnswer(row["key_hash"], row["key_status"], row["key_answer"]) if row["key_hash"] is not None else None
    )
    return Loaded(rows.cart_of(row), rows.variants_of(row), row["rules_version"], earlier)


async def due(unit: Unit, timer_sql: str, now: datetime, limit: int) -> dict[UUID, list[UUID]]:
    """The ids of due carts by company; `unit` is a system unit."""
    found: dict[UUID, list[UUID]] = {}
    for row in await unit.fetch(timer_sql, now, limit):
        found.setdefault(row["company_id"], []).append(row["id"])
    return found


async def load_due(unit: TenantUnit, cart_ids: list[UUID]) -> list[Loaded]:
    """Read and hold these carts; those that are being changed at this moment are left out."""
    found = await unit.fetch(statements.READ_DUE, unit.company_id, cart_ids, None, None, None, None, None)
    return [Loaded(rows.cart_of(row), [], row["rules_version"], None) for row in found]


async def last_traces(unit: TenantUnit, cart_ids: list[UUID]) -> dict[UUID, str]:
    """The traceparent of each cart's newest event, as long as the outbox keeps it."""
    rows = await unit.fetch(statements.LAST_TRACES, unit.company_id, cart_ids)
    return {row["aggregate_id"]: row["traceparent"] for row in rows}


async def postpone(unit: TenantUnit, cart_id: UUID, until: datetime) -> None:
    """Look at a cart again only then, whatever is in it."""
    await unit.execute(
        "UPDATE carts SET check_at = greatest(check_at, $3), expiry_check_at = greatest(expiry_check_at, $3)"
        " WHERE company_id = $1 AND id = $2",
        unit.company_id,
        cart_id,
        until,
    )


async def push_checks(unit: TenantUnit, carts: list[Cart]) -> None:
    """Write when each cart is to be looked at next; not a change of the cart."""
    await unit.execute(
        statements.PUSH_CHECKS,
        unit.company_id,
        [cart.id for cart in carts],
        [cart.check_at for cart in carts],
        [cart.expiry_check_at for cart in carts],
    )


async def lock(unit: TenantUnit, *cart_ids: UUID) -> None:
    """Hold these carts until the unit ends, in one order everywhere, so that two callers cannot deadlock."""
    await unit.execute(statements.LOCK, unit.company_id, list(cart_ids))


async def save(unit: Unit, cart: Cart, quote: Quote, answer: KeptAnswer | None = None) -> bool:
    """Write the cart, its changed lines, its events and the answer, in one statement.

    False, and nothing is written, when the cart is no longer at the version it was loaded with.
    """
    totals = quote.totals
    touched = [line for line in cart.lines if line.id in cart.touched]
    saved = await unit.fetchval(
        statements.SAVE,
        cart.company_id,
        cart.id,
        cart.loaded_version,
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
        *rows.line_arrays(touched),
        list(cart.removed),
        [new_id() for _ in cart.activity],
        [entry.kind for entry in cart.activity],
        [entry.actor for entry in cart.activity],
        [entry.data for entry in cart.activity],
        *_answer_args(answer),
        *outbox.encode(cart.facts).args,
    )
    return bool(saved == 1)


def _answer_args(answer: KeptAnswer | None) -> tuple[object, ...]:
    if answer is None:
        return (None,) * 5
    return answer.identity, answer.key, answer.request_hash, answer.status, answer.sealed


async def keep_answer(unit: TenantUnit, answer: KeptAnswer) -> None:
    """Store an answer that changed nothing: a refusal under an idempotency key."""
    await unit.execute(statements.KEEP_ANSWER, unit.company_id, *_answer_args(answer))


async def insert(unit: Unit, cart: Cart, session_hash: bytes | None) -> bool:
    """Write a new, empty cart with its events and the session that opens it, in one statement.

    False, and nothing is written, when the customer already has an open cart on the site.
    """
    made = await unit.fetchval(
        statements.INSERT,
        cart.id,
        cart.company_id,
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
        *outbox.encode(cart.facts).args,
    )
    return bool(made == 1)


async def note_views(unit: TenantUnit, seen: dict[UUID, datetime], interval: timedelta) -> None:
    """Publish CartViewed for each cart that had none within the interval, nor since it last changed.

    A view is no change, so it raises no version; one event of a type per version is what the outbox allows.
    """
    viewed = await unit.fetch(
        """
        UPDATE carts c SET viewed_at = s.at, viewed_version = c.version
        FROM (SELECT id, at FROM unnest($2::uuid[], $3::timestamptz[]) AS v (id, at) ORDER BY id) s
        WHERE c.company_id = $1 AND c.id = s.id
            AND (c.viewed_at IS NULL OR (c.viewed_at <= s.at - $4::interval AND c.version > c.viewed_version))
        RETURNING c.company_id, c.id, c.site_id, c.currency, c.version, c.viewed_at""",
        unit.company_id,
        list(seen),
        list(seen.values()),
        interval,
    )
    await outbox.add(unit, *(rows.viewed_of(row) for row in viewed))


async def add_session(unit: TenantUnit, cart_id: UUID, session_hash: bytes, now: datetime) -> None:
    """Let a session's token open this cart."""
    await unit.execute(
        "INSERT INTO cart_sessions (token_hash, company_id, cart_id, created_at) VALUES ($1, $2, $3, $4)",
        session_hash,
        unit.company_id,
        cart_id,
        now,
    )


async def move_sessions(unit: TenantUnit, from_cart: UUID, to_cart: UUID) -> None:
    """Let every token that opened one cart open another instead."""
    await unit.execute(
        "UPDATE cart_sessions SET cart_id = $3 WHERE company_id = $1 AND cart_id = $2",
        unit.company_id,
        from_cart,
        to_cart,
    )


@dataclass(frozen=True, slots=True)
class FoundSite:
    """A site, and the version of the rules that its carts are priced with."""

    site: SiteRules
    rules_version: int | None


async def site(unit: TenantUnit, site_id: UUID | None) -> FoundSite | None:
    """One site's settings, or those of the company's first site (rules.md 36)."""
    row = await unit.fetchrow(
        """
        SELECT s.id AS site_id, s.currency AS site_currency, s.max_quantity_per_line, s.max_lines,
            s.abandonment_seconds, s.cart_expiration_days, s.merge_strategy, r.version AS rules_version
        FROM sites s LEFT JOIN rule_sets r ON r.company_id = s.company_id
        WHERE s.company_id = $1 AND ($2::uuid IS NULL OR s.id = $2) ORDER BY s.id LIMIT 1""",
        unit.company_id,
        site_id,
    )
    return FoundSite(rows.site_of(row), row["rules_version"]) if row else None


async def rules(unit: Unit, company_id: UUID) -> CompiledRules | None:
    """The company's rules of price as this service last heard them, ready for pricing."""
    stored: Any = await unit.fetchval("SELECT rules FROM rule_sets WHERE company_id = $1", company_id)
    return None if stored is None else compile_rule_set(RuleSet.model_validate(stored))

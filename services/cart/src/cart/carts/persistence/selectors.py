"""Whose cart to read or lock: the conditions by which a caller reaches exactly the carts that it may touch."""

from functools import cache
from typing import Final
from uuid import UUID

from contracts.value import value

from cart.carts.persistence import statements

_OPEN = "status IN ('ACTIVE', 'ABANDONED')"

_BY_ID: Final = "c.id = $2::uuid AND $3::text IS NULL"
_BY_IDS: Final = "c.id = ANY($2::uuid[]) AND $3::text IS NULL"
_OPEN_BY_IDS: Final = f"{_BY_IDS} AND c.{_OPEN}"
_BY_SESSION: Final = (
    "c.id = (SELECT t.cart_id FROM cart_sessions t WHERE t.company_id = $1 AND t.token_hash = $2::bytea)"
    " AND ($3::uuid IS NULL OR c.id = $3) AND c.customer_id IS NULL AND c.merged_into IS NULL"
)
_BY_CUSTOMER: Final = (
    f"c.customer_id = $2::text AND c.{_OPEN} AND c.site_id"
    " = coalesce($3::uuid, (SELECT f.id FROM sites f WHERE f.company_id = $1 ORDER BY f.id LIMIT 1))"
)
_BY_CUSTOMER_AND_ID: Final = "c.customer_id = $2::text AND c.id = $3::uuid"
_FOR_SIGN_IN: Final = f"""c.id IN (
    SELECT t.cart_id FROM cart_sessions t WHERE t.company_id = $1 AND t.token_hash = $2::bytea
    UNION ALL
    SELECT o.id FROM cart_sessions t JOIN carts g ON g.company_id = t.company_id AND g.id = t.cart_id
        JOIN carts o ON o.company_id = g.company_id AND o.site_id = g.site_id
    WHERE t.company_id = $1 AND t.token_hash = $2 AND o.customer_id = $3::text AND o.{_OPEN})"""


@value
class Selector:
    """A condition on `carts c` of the company `$1`, with its parameters `$2` and `$3`."""

    condition: str
    who: object
    what: object
    reads_others: bool = False
    """The condition reads other rows than the cart's own, so a lock cannot judge it (`carts.load_locked`)."""

    @classmethod
    def by_id(cls, cart_id: UUID) -> "Selector":
        """Any cart of the company: staff, timers and other services."""
        return cls(_BY_ID, cart_id, None)

    @classmethod
    def by_ids(cls, cart_ids: list[UUID]) -> "Selector":
        """Several carts of the company."""
        return cls(_BY_IDS, cart_ids, None)

    @classmethod
    def open_by_ids(cls, cart_ids: list[UUID]) -> "Selector":
        """Those of several carts that are still open."""
        return cls(_OPEN_BY_IDS, cart_ids, None)

    @classmethod
    def by_session(cls, token_hash: bytes, cart_id: UUID | None = None) -> "Selector":
        """The guest's cart that this token opens, which must also have the id when one is given (rules.md 7).

        A cart that became a customer's, or was merged into theirs, is opened by no token any more (rules.md 11).
        """
        return cls(_BY_SESSION, token_hash, cart_id)

    @classmethod
    def by_customer(cls, customer_id: str, site_id: UUID | None) -> "Selector":
        """The customer's one open cart on a site, which is the company's first when none is named (rules.md 36)."""
        return cls(_BY_CUSTOMER, customer_id, site_id)

    @classmethod
    def by_customer_and_id(cls, customer_id: str, cart_id: UUID) -> "Selector":
        """One of the customer's carts, open or final."""
        return cls(_BY_CUSTOMER_AND_ID, customer_id, cart_id)

    @classmethod
    def for_sign_in(cls, token_hash: bytes, customer_id: str) -> "Selector":
        """The cart that a guest's token opens, and the customer's open one on its site."""
        return cls(_FOR_SIGN_IN, token_hash, customer_id, reads_others=True)

    @property
    def read_sql(self) -> str:
        """Reads the carts with all that a change needs."""
        return _read_sql(self.condition)

    @property
    def find_sql(self) -> str:
        """Reads the ids of the carts, without a lock."""
        return statements.FIND + self.condition

    def lock_sql(self, *, skip_locked: bool) -> str:
        """Locks the carts in the order of their ids: waits for those that somebody has, or leaves them out."""
        return statements.FIND + self.condition + (statements.UNLESS_LOCKED if skip_locked else statements.IN_ORDER)


@cache
def _read_sql(condition: str) -> str:
    """The statement of a condition, made once: an add is not to put four thousand characters together."""
    return statements.READ + condition

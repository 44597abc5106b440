"""Apply a discount code: pricing resolves it with no transaction open, then it is put on the cart.

One that was resolved lately and does not count is put on the cart at once, in one transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.base import Actor
from contracts.ruleset import PromotionRule
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.domain.intents import ApplyCode
from cart.carts.domain.values import AppliedCode, CustomerTerms
from cart.carts.persistence.carts import Loaded
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.read_cart import load
from cart.carts.use_cases.requests import ChangeRequest
from cart.clients import Codes
from cart.codes.service import CodePlace, ResolvedCodes


@dataclass(frozen=True, slots=True)
class CodeApplier:
    """Resolves codes and applies them; one for the life of the process."""

    changer: CartChanger
    codes: Codes
    resolved: ResolvedCodes
    lifetime: timedelta
    """How long a code's rule is kept on a cart before it must be applied again."""

    def known(self, found: Loaded, code: str, now: datetime) -> AppliedCode | None:
        """What a code stands for on this cart, where pricing has said so lately; None where it has to be asked."""
        place = _place(found, code)
        rule = self.resolved.find(place, now) if place else None
        return None if rule is None else self._applied(code, rule, now)

    async def resolve(self, found: Loaded, code: str, now: datetime) -> AppliedCode:
        """What a code stands for on this cart, as pricing resolves it; to be called while no unit is open.

        Raises what a final cart raises, the code's own refusal, and ServiceUnavailable503: then nothing is changed.
        """
        found.cart.require_changeable(now)
        place = _place(found, code)
        if place is None:
            rule = await self.codes.resolve(found.cart, code)
        else:
            rule = await self.resolved.resolve(place, lambda: self.codes.resolve(found.cart, code))
        return self._applied(code, rule, now)

    def _applied(self, code: str, rule: PromotionRule, now: datetime) -> AppliedCode:
        return AppliedCode(code.upper(), rule, now + self.lifetime)


def _place(found: Loaded, code: str) -> CodePlace | None:
    """What the code's rule depends on; None for a company without rules, whose changes would go unnoticed."""
    if found.rules_version is None:
        return None
    cart = found.cart
    return CodePlace(cart.company_id, found.rules_version, cart.site.id, cart.currency, code.upper())


@dataclass(frozen=True, slots=True)
class CodeApplication:
    """One code for one shopper's cart, in the three steps of a change that calls an upstream."""

    applier: CodeApplier
    selector: Selector
    actor: Actor
    now: datetime
    expected_version: int | None
    code: str
    terms: CustomerTerms | None = None

    async def read(self, unit: TenantUnit) -> Loaded:
        """The shopper's cart, with the version of its rules; raises CartNotFound."""
        return await load(unit, self.selector)

    def known(self, found: Loaded) -> AppliedCode | None:
        """The code, if it was resolved lately."""
        return self.applier.known(found, self.code, self.now)

    async def call(self, found: Loaded, key: str | None) -> AppliedCode:
        """The code as pricing resolves it."""
        return await self.applier.resolve(found, self.code, self.now)

    async def write(self, unit: TenantUnit, found: Loaded, result: AppliedCode) -> Answer:
        """Put the code on the cart that it was resolved for; raises CartReplaced if the shopper has another by now."""
        request = ChangeRequest(self.selector, self.actor, self.now, self.expected_version, terms=self.terms)
        return await self.applier.changer.change_cart(unit, request, ApplyCode(result, found.cart.id), found)

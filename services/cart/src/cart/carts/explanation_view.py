"""How a price came about, and what an ordered cart shows for ever."""

from datetime import datetime
from typing import Any

from quote import CompiledRules, Quote, explain
from servicekit.http.answers import plain

from cart.carts.domain import pricing
from cart.carts.domain.cart import Cart
from cart.carts.view import cart_view, hold_view


def explanation_of(cart: Cart, rules: CompiledRules, now: datetime) -> dict[str, Any]:
    """How the price came about, replayable from its inputs (rules.md 5)."""
    explanation = explain(pricing.line_inputs(cart, now), rules, pricing.context_of(cart, now))
    return {
        "engineVersion": explanation.engine_version,
        "inputsHash": explanation.inputs_hash,
        "steps": [
            {
                "kind": step.kind,
                "ruleId": step.rule_id,
                "name": step.name,
                "target": step.target,
                "before": step.before,
                "after": step.after,
                "amount": step.amount,
                "reason": step.reason,
            }
            for step in explanation.steps
        ],
    }


def order_record(cart: Cart, quote: Quote, rules: CompiledRules, now: datetime) -> dict[str, Any]:
    """The cart as it was ordered, with its explanation, as JSON values to keep: rules and prices go on changing."""
    record: dict[str, Any] = plain({**cart_view(cart, quote, now), "explanation": explanation_of(cart, rules, now)})
    return record


def ordered_view(cart: Cart, record: dict[str, Any], now: datetime, *, explained: bool) -> dict[str, Any]:
    """An ordered cart from its record; what became of its hold is the only thing that is not of that moment."""
    view = {
        "address": None,
        "shippingOption": None,
        "bundles": [],
        **record,
        "hold": hold_view(cart.hold, now),
        "frozenUntil": None,
    }
    if not explained:
        del view["explanation"]
    return view

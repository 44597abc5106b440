"""The inputs of a quote as text: recorded with it, hashed, and priced again to the same quote (rules.md 5)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.base import Contract
from contracts.ruleset import SUPPORTED_ENGINE_VERSIONS, PromotionRule, RuleSet, ShippingRule, TaxRate

from quote.compiled import compile_rule_set
from quote.engine import quote
from quote.errors import UnsupportedEngine
from quote.inputs import BundleInput, LineInput, QuoteContext
from quote.result import Quote

Json = dict[str, Any]
"""Parsed JSON, whose shape only its reader knows."""


def record_inputs(lines: Sequence[LineInput], rule_set: RuleSet, context: QuoteContext) -> str:
    """Everything a quote depends on, the engine's version included, as JSON that `replay` reads."""
    inputs = {
        "engineVersion": rule_set.engine_version,
        "lines": [_line_to_json(line) for line in lines],
        "context": _context_to_json(context),
        "ruleSet": _to_json(_of_codes(rule_set, {rule.id for rule in context.extra_promotions})),
    }
    return json.dumps(inputs, default=str, sort_keys=True)


def _of_codes(rule_set: RuleSet, promotion_ids: set[UUID]) -> RuleSet:
    """The rule set with what it says of these promotions alone, of the thousands that have a code."""
    return rule_set.model_copy(
        update={
            "withdrawn": {known: end for known, end in rule_set.withdrawn.items() if known in promotion_ids},
            "changed": tuple(rule for rule in rule_set.changed if rule.id in promotion_ids),
        }
    )


def hash_inputs(inputs: str) -> str:
    """SHA-256 of recorded inputs in hex, the same for equal inputs: no list among them has an order that matters."""
    canonical = json.dumps(_canonical(json.loads(inputs)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def replay(inputs: str) -> Quote:
    """Price recorded inputs again, by the engine that priced them. Raises UnsupportedEngine where that is gone."""
    recorded: Json = json.loads(inputs)
    if recorded["engineVersion"] not in SUPPORTED_ENGINE_VERSIONS:
        raise UnsupportedEngine(f"recorded by engine {recorded['engineVersion']}")
    rule_set = RuleSet.model_validate({**recorded["ruleSet"], "engineVersion": recorded["engineVersion"]})
    return quote(
        [_line_from_json(line) for line in recorded["lines"]],
        compile_rule_set(rule_set, recorded["engineVersion"]),
        _context_from_json(recorded["context"]),
    )


def _to_json(model: Contract) -> Json:
    return model.model_dump(mode="json", by_alias=True)


def _context_to_json(context: QuoteContext) -> Json:
    without_rules = replace(context, extra_promotions=(), address_tax_rates=None, address_shipping_rules=None)
    rates, shipping = context.address_tax_rates, context.address_shipping_rules
    inputs = asdict(without_rules) | {
        "now": context.now.astimezone(UTC).isoformat(),
        "customer_groups": sorted(context.customer_groups),
        "extra_promotions": [_to_json(rule) for rule in context.extra_promotions],
        "address_tax_rates": None if rates is None else [_to_json(rate) for rate in rates],
        "address_shipping_rules": None if shipping is None else [_to_json(rule) for rule in shipping],
    }
    if not context.bundles:  # so that older engines read it, and know it by the same hash
        del inputs["bundles"]
    return inputs


def _context_from_json(recorded: Json) -> QuoteContext:
    rates, shipping = recorded["address_tax_rates"], recorded["address_shipping_rules"]
    return QuoteContext(
        **recorded
        | {
            "now": datetime.fromisoformat(recorded["now"]),
            "site_id": _uuid(recorded["site_id"]),
            "shipping_rule_id": _uuid(recorded["shipping_rule_id"]),
            "customer_groups": frozenset(recorded["customer_groups"]),
            "extra_promotions": tuple(map(PromotionRule.model_validate, recorded["extra_promotions"])),
            "address_tax_rates": None if rates is None else tuple(map(TaxRate.model_validate, rates)),
            "address_shipping_rules": None if shipping is None else tuple(map(ShippingRule.model_validate, shipping)),
            "bundles": tuple(
                BundleInput(**bundle | {"bundle_id": UUID(bundle["bundle_id"])})
                for bundle in recorded.get("bundles", ())
            ),
        }
    )


def _line_to_json(line: LineInput) -> Json:
    fields = asdict(line)
    if line.bundle is None:
        del fields["bundle"]
    return fields


def _line_from_json(recorded: Json) -> LineInput:
    return LineInput(
        **recorded
        | {
            "product_id": UUID(recorded["product_id"]),
            "variant_id": UUID(recorded["variant_id"]),
            "category_ids": tuple(recorded["category_ids"]),
        }
    )


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _canonical(value: object) -> object:
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value

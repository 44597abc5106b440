"""The pure function from lines and rules to an explained quote."""

from quote.compiled import CompiledRules, compile_rule_set, engine_for
from quote.engine import ShippingOption, quote, shipping_options
from quote.errors import InvalidInput, InvariantViolation, QuoteError, UnsupportedEngine
from quote.explanation import Explanation, Step, StepKind, explain
from quote.inputs import BundleInput, LineInput, QuoteContext
from quote.invariants import check
from quote.record import hash_inputs, record_inputs, replay
from quote.result import (
    AppliedDiscount,
    BundlePrice,
    FreeShipping,
    Quote,
    QuoteLine,
    Reason,
    RejectedCode,
    ShippingCharge,
    TaxAmount,
    Totals,
)

__all__ = [
    "AppliedDiscount",
    "BundleInput",
    "BundlePrice",
    "CompiledRules",
    "Explanation",
    "FreeShipping",
    "InvalidInput",
    "InvariantViolation",
    "LineInput",
    "Quote",
    "QuoteContext",
    "QuoteError",
    "QuoteLine",
    "Reason",
    "RejectedCode",
    "ShippingCharge",
    "ShippingOption",
    "Step",
    "StepKind",
    "TaxAmount",
    "Totals",
    "UnsupportedEngine",
    "check",
    "compile_rule_set",
    "engine_for",
    "explain",
    "hash_inputs",
    "quote",
    "record_inputs",
    "replay",
    "shipping_options",
]

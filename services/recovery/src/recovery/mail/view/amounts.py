"""Amounts as a reader writes them: Babel's pattern of the language, with the digits of ISO 4217."""

import re
from copy import copy
from decimal import Decimal

from babel import Locale
from contracts.money import Money, exponent_of

_WORD_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""Where CLDR puts a space (currencySpacing), which Babel's standard pattern leaves out: `KWD 1.250`."""


def format_amount(amount: int, currency: str, locale: Locale) -> str:
    """Minor units as text: 1250 USD is `$12.50`, 1250 JPY is `¥1,250`, 1250 KWD is `KWD 1.250` in English.

    Babel's own precision is not used: it follows custom (no decimals for some currencies that have them), and the mail
    must show what the cart shows. Raises UnknownCurrency.
    """
    digits = exponent_of(currency)
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    value = Decimal(Money(amount, currency).format_decimal())
    text = str(pattern.apply(value, locale, currency=currency, currency_digits=False))
    return _WORD_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", text)

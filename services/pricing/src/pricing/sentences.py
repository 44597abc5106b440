"""What pricing answers staff in words, beside its errors; the translations are in `locales`."""

from typing import Final

TOO_MANY_PROMOTIONS: Final = "At most {most} automatic promotions can be active at once."
TOO_MANY_TAX_RATES: Final = "At most {most} tax rates of the default country can be active at once."
TOO_MANY_SHIPPING_RULES: Final = "At most {most} shipping rules can be active at once."
USAGE_LIMIT_IS_SOFT: Final = (
    "Uses are counted when orders are made: orders under way at once may use it a few times more."
)

"""What engine versions price differently. A quote is priced by the version that its rule set names, now and later."""

AFTER_TAX = 2
"""Deals and ways of shipping are compared by what the shopper pays, tax included; before, without it."""
IDLE_EXCLUSIVES_STEP_ASIDE = 2
"""An exclusive promotion that takes nothing off stands in nobody's way; before, it cancelled all others."""
ONE_PROMOTION_ONCE = 2
"""A code whose promotion has become automatic is refused; before, one promotion could be taken off twice."""
SHIPPING_TIES_BY_PRIORITY = 2
"""Equal discounts on shipping are decided by priority; before, free shipping always won."""

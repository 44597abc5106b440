"""What engine versions price differently. A quote is priced by the version that its rule set names, now and later."""

AFTER_TAX = 2
"""Deals and ways of shipping are compared by what the shopper pays, tax included; before, without it."""
IDLE_EXCLUSIVES_STEP_ASIDE = 2
"""An exclusive promotion that takes nothing off stands in nobody's way; before, it cancelled all others."""
ONE_PROMOTION_ONCE = 2
"""A code whose promotion has become automatic is refused; before, one promotion could be taken off twice."""
SHIPPING_TIES_BY_PRIORITY = 2
"""Equal discounts on shipping are decided by priority; before, free shipping always won."""
BUNDLES = 3
"""Lines that were put into the cart as a bundle cost what the bundle does; before, what they cost by themselves."""

RULES_ALIKE_SINCE = {3: 2}
"""By engine: the oldest whose rule sets it prices as that one did. Engine 3 adds what no rule set has."""

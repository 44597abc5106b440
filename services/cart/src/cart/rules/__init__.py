"""The replica of the rules of price: written from RuleSetPublished, read when a cart is priced."""

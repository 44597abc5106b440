"""The figures: what is counted of carts (`domain.measures`), summed by currency, site and bucket of 15 minutes."""

"""The figures: what is counted of carts (`domain.measures`), summed by currency, site and bucket of 15 minutes.

Only defined and checked here: triggers on `cart_facts` write the figures, and `reports.repository` reads them.
"""

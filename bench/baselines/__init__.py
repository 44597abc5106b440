"""The baselines of a shop: what a hundred shoppers wait for, and the loads of an hour."""

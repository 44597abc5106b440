"""The stock that carts hold, as their routes and the replica see it; inventory decides."""

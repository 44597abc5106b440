"""How a company, or one of its sites, rounds and shows prices."""

"""How a company rounds and shows prices."""

"""How a step's mail looks before anybody gets it."""

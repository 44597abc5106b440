"""Companies and their sites: who has carts, and by which rules."""

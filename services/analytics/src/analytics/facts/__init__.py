"""What is known of each cart, folded from its events in any order."""

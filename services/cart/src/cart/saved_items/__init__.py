"""What a shopper keeps for later: /api/cart/saved, and the same for guests."""

"""What shoppers wish for: kept, ordered, shared, and moved to the cart and back."""

"""What is done with all lists of a shopper at once."""

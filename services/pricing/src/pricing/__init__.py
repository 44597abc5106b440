"""The rules of price: promotions, codes, taxes, shipping."""

"""Products side by side: chosen by a shopper, compared by their attributes, shared by a link."""

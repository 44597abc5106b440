"""What converted carts used."""

"""The replica of the catalogue that carts are priced and checked with."""

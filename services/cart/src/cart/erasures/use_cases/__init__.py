"""Cart's own part of an erasure."""

"""What is done with holds: each in the transaction it is given, but for `place_hold`, which opens several."""

"""A sample catalogue: about 300 believable products, the same for the same seed, with pictures drawn by code."""

"""Two versions of the code on one machine, exchanged for one another under load."""

"""Measures how fast Cartwheel is on this machine, beside what the machine itself could do: `python -m bench`."""

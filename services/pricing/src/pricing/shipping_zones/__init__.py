"""The parts of the world that a company ships to."""

"""Turns abandonment into at most one mail a step, and into a restored cart."""

"""Builds every image of the platform, and judges them: what is in them, and whether the stack runs from them."""

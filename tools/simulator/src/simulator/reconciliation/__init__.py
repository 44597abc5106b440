"""Comparing what somebody outside wrote down with what analytics counted: every figure is equal, or it is said."""

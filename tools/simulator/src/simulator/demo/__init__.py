"""Simulated shoppers who shop through the gateway as real ones do, and write down what they were answered."""

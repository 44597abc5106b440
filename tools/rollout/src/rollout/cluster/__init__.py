"""Versions on a cluster, by kubectl."""

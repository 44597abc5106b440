"""Prometheus and Alertmanager beside the one-machine stack, and the check that rules, panels and alerts work on it."""

"""Draining an outbox that has filled up."""

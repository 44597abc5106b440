"""Traces of the one-machine stack: taken by OTLP over HTTP, kept in memory, shown as pages."""

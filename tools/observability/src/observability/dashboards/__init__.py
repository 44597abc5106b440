"""Grafana's dashboards, written as code and committed as the JSON that Grafana loads."""

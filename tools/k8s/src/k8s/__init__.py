"""Renders the overlays of deploy/k8s, and judges the objects that would be applied."""

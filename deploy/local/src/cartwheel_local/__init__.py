"""Cartwheel on one machine: real servers, services, gateway, demo and replay."""

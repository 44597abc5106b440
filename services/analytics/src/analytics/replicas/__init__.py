"""Replicas of sites and products, by the newest version received: names, currency and time zone."""

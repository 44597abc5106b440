"""The replica of cart's sites: which currency a site sells in."""

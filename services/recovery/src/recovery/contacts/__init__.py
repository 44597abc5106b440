"""Shoppers' addresses: sealed at rest, recognised by a keyed hash, kept only with consent."""

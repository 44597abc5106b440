"""The archive: ordered carts that are years old, out of the database and in an object store."""

"""A file in the folder of the domain that talks to a database."""

import asyncpg  # noqa: F401

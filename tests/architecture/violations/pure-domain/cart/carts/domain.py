"""A domain that talks to a database."""

import asyncpg  # noqa: F401

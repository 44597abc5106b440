"""The columns that many tables have, and the metadata that all tables are in."""

from sqlalchemy import BigInteger, Column, MetaData, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

METADATA = MetaData()


def id_column(name: str = "id", *, primary: bool = True) -> Column[object]:
    """An id, the primary key unless said otherwise."""
    return Column(name, UUID, primary_key=primary, nullable=False)


def company_column(*, primary: bool = False) -> Column[object]:
    """The company that a row belongs to; where it begins the primary key, it comes before the id."""
    return Column("company_id", UUID, primary_key=primary, nullable=False)


def time_column(name: str, *, nullable: bool = False) -> Column[object]:
    """A moment, with its zone."""
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def text_column(name: str, *, nullable: bool = False) -> Column[object]:
    """A text of any length."""
    return Column(name, Text, nullable=nullable)


def amount_column(name: str) -> Column[object]:
    """An amount in minor units."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))

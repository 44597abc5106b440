"""The tables of the newservice service as the migrations have to make them, beside the chassis' own."""

from sqlalchemy import MetaData

METADATA = MetaData()

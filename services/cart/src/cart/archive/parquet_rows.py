"""Archived carts as rows of a Parquet file (docs/adr/0035).

pyarrow is imported by the first file that is written or read: a process that archives nothing has nothing of it.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from cart.archive.domain import ArchivedCart, Place, Reserved, with_person, without_person

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no types

FORMAT = "1"
"""Written into each file: what reads the archive may tell forms apart."""


class RowDiffers(Exception):
    """A file is not one of ours, or has not the row that was written."""


@dataclass(frozen=True, slots=True)
class Row:
    """A cart's row: readable by any tool, apart from `personal`, which only the cart's own key opens."""

    company_id: str
    cart_id: str
    site_id: str
    order_id: str | None
    currency: str
    version: int
    created_at: datetime
    converted_at: datetime
    item_count: int
    subtotal: int
    discount_total: int
    shipping_total: int
    tax_total: int
    total: int
    record: str
    timeline: str
    personal: bytes

    @property
    def checksum(self) -> bytes:
        """The SHA-256 of every column."""
        columns = [getattr(self, field.name) for field in fields(self) if field.name != "personal"]
        return hashlib.sha256(orjson.dumps(columns) + self.personal).digest()


def row_of(reserved: Reserved) -> Row:
    """The row of a cart: the same bytes whoever writes it, and however often, so that no writer spoils another's."""
    cart = reserved.cart
    nobody, person = without_person(cart.record)
    return Row(
        **{
            **asdict(cart),
            "company_id": str(cart.company_id),
            "cart_id": str(cart.cart_id),
            "site_id": str(cart.site_id),
            "record": _json(nobody).decode(),
            "timeline": _json(cart.timeline).decode(),
            "personal": _sealed(reserved.personal_key, cart.company_id, cart.cart_id, _json(person)),
        }
    )


def cart_of(row: Row, personal_key: bytes | None) -> ArchivedCart:
    """The cart of a row, without who it was of where the key is gone; raises RowDiffers when the key does not fit."""
    record = orjson.loads(row.record)
    company_id, cart_id = UUID(row.company_id), UUID(row.cart_id)
    if personal_key is not None:
        record = with_person(record, orjson.loads(_opened(personal_key, company_id, cart_id, row.personal)))
    values = {field.name: getattr(row, field.name) for field in fields(ArchivedCart)}
    values |= {"company_id": company_id, "cart_id": cart_id, "site_id": UUID(row.site_id)}
    return ArchivedCart(**values | {"record": record, "timeline": orjson.loads(row.timeline)})


def write(rows: Sequence[Row]) -> bytes:
    """A Parquet file of these rows."""
    import pyarrow as pa  # noqa: PLC0415  # 100 MB of memory that only who archives needs
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # likewise; it has no types

    table = pa.Table.from_pylist([asdict(row) for row in rows], schema=_schema())
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", write_statistics=["cart_id", "converted_at"])
    return file.getvalue()


def read(file: bytes, cart_id: UUID | None = None) -> list[Row]:
    """The rows of such a file, or only a cart's; raises RowDiffers when it is none."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.parquet as pq  # noqa: PLC0415  # as above

    only = None if cart_id is None else [("cart_id", "=", str(cart_id))]
    try:
        table = pq.read_table(pa.BufferReader(file), schema=_schema(), filters=only, use_threads=False)
        return [Row(**_in_utc(columns)) for columns in table.to_pylist()]
    except (pa.ArrowException, OSError, TypeError) as damaged:
        raise RowDiffers("no file of the archive") from damaged


def find(file: bytes, place: Place) -> ArchivedCart:
    """The cart at a place in this file; raises RowDiffers unless it is there, as it was written."""
    rows = read(file, place.cart_id)
    if [row.checksum for row in rows] != [place.checksum]:
        raise RowDiffers(place.object_key)
    return cart_of(rows[0], place.personal_key)


@cache
def _schema() -> "pa.Schema":
    import pyarrow as pa  # noqa: PLC0415  # as above

    text, count, time = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")
    types = {"created_at": time, "converted_at": time, "personal": pa.binary()}
    texts = ("company_id", "cart_id", "site_id", "order_id", "currency", "record", "timeline")
    types |= dict.fromkeys(texts, text)
    columns = [pa.field(f.name, types.get(f.name, count), nullable=f.name == "order_id") for f in fields(Row)]
    return pa.schema(columns, metadata={"cartwheel_archive": FORMAT})


def _in_utc(columns: dict[str, Any]) -> dict[str, Any]:
    times = {name: columns[name].astimezone(UTC) for name in ("created_at", "converted_at")}
    return {**columns, **times}


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _sealed(key: bytes, company_id: UUID, cart_id: UUID, content: bytes) -> bytes:
    """Sealed without a nonce (AES-SIV, RFC 5297): the same content gives the same bytes, of which a file is made."""
    return AESSIV(key).encrypt(content, [company_id.bytes, cart_id.bytes])


def _opened(key: bytes, company_id: UUID, cart_id: UUID, sealed: bytes) -> bytes:
    try:
        return AESSIV(key).decrypt(sealed, [company_id.bytes, cart_id.bytes])
    except InvalidTag:
        raise RowDiffers(f"what cart {cart_id} says of a person") from None

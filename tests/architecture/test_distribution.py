"""Which keys begin with the company, by which tables would be distributed over nodes (docs/operations/scale.md)."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Final

import pytest
from manifests.reading import load_manifests
from servicekit.db.migrations import chassis_metadata
from servicekit.roles.service import AnyService
from sqlalchemy import Column, Integer, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint

from .modules import ROOT

OF_A_NODE: Final = frozenset({"inbox", "inbox_cursor", "job_runs", "job_pauses", "outbox", "audit_log"})
"""Each node has its own: what it has received, published, done by the clock, and what its staff did there."""

ONE_ID: Final = "an id that nobody else has: its key becomes (company_id, id)"
OF_AN_ID: Final = "of such an id: its key becomes one with the company before it"
UNCHANGED: Final = {
    **dict.fromkeys(
        (
            "cart.cart_items(id)",
            "cart.sites(id)",
            "inventory.products(id)",
            "inventory.variants(id)",
            "inventory.warehouses(id)",
            "inventory.stock_adjustments(id)",
            "inventory.inventory_holds(id)",
            "inventory.hold_lines()",
            "pricing.promotions(id)",
            "pricing.promotion_usages(id)",
            "pricing.tax_rates(id)",
            "pricing.shipping_zones(id)",
            "pricing.shipping_rules(id)",
            "recovery.consents(id)",
            "recovery.campaigns(id)",
            "recovery.recoveries(id)",
            "recovery.recovery_messages(id)",
            "recovery.suppressions(id)",
        ),
        ONE_ID,
    ),
    **dict.fromkeys(
        (
            "cart.cart_items(cart_id, variant_id, options, bundle_group_id)",
            "cart.cart_holds(cart_id)",
            "cart.product_snapshots(variant_id)",
            "cart.cart_sessions(token_hash)",
        ),
        OF_AN_ID,
    ),
}
"""Primary keys and unique constraints without the company: nothing new comes in here without a reason to."""


def without_company(service: str, metadata: MetaData) -> Iterator[str]:
    """Every key of a table with a company that does not have it."""
    for table in metadata.tables.values():
        if "company_id" in table.columns and table.name not in OF_A_NODE:
            for key in _keys(table):
                if "company_id" not in key:
                    yield f"{service}.{table.name}({', '.join(key)})"


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield tuple(column.name for column in constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield tuple(column.name for column in index.columns)


def test_keys_without_the_company_are_known() -> None:
    """No table is made that could not be distributed without somebody having said so; one that was mended is struck."""
    found: set[str] = set()
    for manifest in load_manifests(ROOT):
        service: AnyService = import_module(f"{manifest.name}.main").SERVICE
        found.update(without_company(manifest.name, chassis_metadata(service.metadata)))

    assert found == set(UNCHANGED)


def test_the_page_on_scale_names_what_is_left() -> None:
    """Who plans to distribute a database reads there what has to be done before."""
    page = (ROOT / "docs/operations/scale.md").read_text()

    left = {(key.partition(".")[0], key.partition(".")[2].partition("(")[0]) for key in UNCHANGED}
    rows = {found[1]: found[0] for found in re.finditer(r"^\| (\w+) \| `.*$", page, re.MULTILINE)}
    assert [f"{service}.{table}" for service, table in sorted(left) if f"`{table}" not in rows.get(service, "")] == []


@pytest.mark.parametrize("own", [True, False])
def test_a_key_without_the_company_is_found(*, own: bool) -> None:
    """Whether the table has a company of its own decides."""
    columns = [Column("id", Integer, primary_key=True), *([Column("company_id", Integer)] if own else [])]
    metadata = MetaData()
    Table("strays", metadata, *columns)

    assert list(without_company("cart", metadata)) == (["cart.strays(id)"] if own else [])


_BY_COLUMNS: Final = re.compile(r"ON CONFLICT \((?!company_id\b)[^)]*\)")


def by_columns_without_company(text: str) -> list[str]:
    """Every answer to a conflict that names such a key by its columns."""
    return _BY_COLUMNS.findall(text)


def test_no_statement_names_such_a_key_by_its_columns() -> None:
    """By the constraint's name it goes on working when a later release puts the company into the key."""
    found = {
        str(path.relative_to(ROOT)): named
        for path in ROOT.glob("services/*/src/**/*.py")
        if (named := by_columns_without_company(path.read_text()))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("ON CONFLICT (id) DO NOTHING", 1),
        ("ON CONFLICT (company_id, id) DO NOTHING", 0),
        ("ON CONFLICT ON CONSTRAINT carts_pkey DO NOTHING", 0),
        ("ON CONFLICT DO NOTHING", 0),
    ],
)
def test_a_key_named_by_its_columns_is_found(sql: str, found: int) -> None:
    """Whatever does not begin with the company."""
    assert len(by_columns_without_company(f"INSERT INTO carts VALUES ($1) {sql}")) == found

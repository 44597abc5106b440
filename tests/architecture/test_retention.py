"""Every table of every service says what ends its rows: none grows without anybody having decided so."""

from importlib import import_module
from unittest.mock import MagicMock

import pytest
from manifests.reading import load_manifests
from servicekit.db.migrations import chassis_metadata
from servicekit.db.retention import EndedByJob, EndsWith, Kept, problems, retention
from servicekit.roles.service import AnyService
from servicekit.settings import stand_in
from sqlalchemy import MetaData, Table

from .modules import ROOT


@pytest.mark.parametrize("name", [manifest.name for manifest in load_manifests(ROOT)])
def test_every_table_has_a_rule_and_every_job_of_a_rule_exists(name: str) -> None:
    """The service's own tables, and those that it has from the chassis."""
    service: AnyService = import_module(f"{name}.main").SERVICE
    jobs = {job.name: job for job in service.job_runner(MagicMock(settings=stand_in(service.settings)))}

    assert problems(chassis_metadata(service.metadata), jobs) == []


def test_what_is_wrong_with_a_rule_is_found() -> None:
    """No rule; a job that is not there; rows that go with what stays, or with a table that is not there."""
    metadata = MetaData()
    Table("stray", metadata)
    Table("orders", metadata, info=retention(Kept("they are orders")))
    Table("carts", metadata, info=retention(EndedByJob("CartCleanup", "after 90 days")))
    Table("visits", metadata, info=retention(EndedByJob("VisitPurge", "after a day")))
    Table("cart_lines", metadata, info=retention(EndsWith("carts")))
    Table("order_lines", metadata, info=retention(EndsWith("orders")))
    Table("notes", metadata, info=retention(EndsWith("nothing")))

    assert problems(metadata, {"CartCleanup": ...}) == [
        "stray: nothing says what ends its rows",
        "visits: there is no job VisitPurge",
        "order_lines: nothing ends the rows of orders",
        "notes: nothing ends the rows of nothing",
    ]

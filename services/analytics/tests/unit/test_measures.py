"""The measures are defined in one module: migrations, reports and the README agree with it."""

import ast
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from analytics.figures.domain.frozen import sql_of, table_of
from analytics.figures.domain.measures import MEASURES, REVENUE
from analytics.figures.service import freeze, is_frozen, newest_version
from analytics.main import SERVICE, create_app
from analytics.settings import AnalyticsSettings
from servicekit.testing import Servers, make_settings

README = SERVICE.migrations.parent / "README.md"
NOWHERE = Servers("postgresql://nowhere", "redis://nowhere", "amqp://nowhere")
CHANGED = (*MEASURES[:-1], replace(REVENUE, name="revenue_without_discounts", amount="f.revenue + f.discounts"))


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of the service's migrations."""
    return Path(
        shutil.copytree(SERVICE.migrations, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    )


def test_the_newest_frozen_version_is_the_module() -> None:
    """Whoever changes a measure freezes it too: otherwise databases would go on counting the old one."""
    assert is_frozen(SERVICE.migrations)


def test_freezing_again_writes_nothing(migrations: Path) -> None:
    """What is frozen is never written twice."""
    assert freeze(migrations) == ()


def test_a_changed_measure_is_noticed_and_frozen_as_the_next_version(migrations: Path) -> None:
    """The SQL and a migration that follows the last are written; versions that were there stay as they are."""
    newest = newest_version(migrations)
    before = {file: file.read_text() for file in migrations.rglob("*") if file.is_file()}

    noticed = not is_frozen(migrations, CHANGED)
    sql, script = freeze(migrations, CHANGED)

    assert noticed
    assert is_frozen(migrations, CHANGED)
    assert sql.read_text() == sql_of(CHANGED, newest + 1)
    assert "('revenue_without_discounts', f.converted_at, f.revenue + f.discounts)" in sql.read_text()
    names = {node.targets[0].id: node.value for node in ast.parse(script.read_text()).body if _is_name(node)}  # type: ignore[attr-defined]  # _is_name narrows
    last = max(file.stem[:4] for file in before if file.suffix == ".py" and file.parent.name == "versions")
    assert ast.literal_eval(names["down_revision"]) == last
    assert all(file.read_text() == text for file, text in before.items())


def test_migrations_never_import_the_service() -> None:
    """A migration does what it did on the day it was written, whatever the code is today."""
    for script in (SERVICE.migrations / "versions").glob("*.py"):
        assert "analytics" not in _imports(script), script


def test_names_are_unique() -> None:
    """Two measures of one name would be added up."""
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)


def test_every_field_is_one_of_a_report() -> None:
    """The table of the README leads to fields that the API has."""
    schemas = create_app(make_settings(AnalyticsSettings, NOWHERE, NOWHERE.postgres_url)).openapi()["components"][
        "schemas"
    ]
    fields = {name for schema in schemas.values() for name in schema.get("properties", ())}

    assert {row.split("`")[3] for row in table_of(MEASURES).splitlines()[2:]} <= fields


def test_the_readme_lists_the_measures() -> None:
    """`python -m analytics measures document` prints what is to be pasted there."""
    assert table_of(MEASURES) in README.read_text(encoding="utf-8")


def _is_name(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)


def _imports(script: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(script.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found |= {name.split(".")[0] for name in (*names, getattr(node, "module", None) or "") if name}
    return found

"""The rules of imports hold, and each of them is seen to fail."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VIOLATIONS = Path(__file__).parent / "violations"
CONTRACTS = sorted(path.name for path in VIOLATIONS.iterdir() if path.is_dir())


def lint(*arguments: str, shadowed_by: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the repository's rules; packages in `shadowed_by` take the place of the real ones."""
    paths = [str(path) for path in (shadowed_by, Path(__file__).parent) if path]
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )


@cache
def lint_violation(contract: str) -> subprocess.CompletedProcess[str]:
    """Run the contract over the packages that break it, once for all that is asked of it."""
    return lint("--contract", contract, shadowed_by=VIOLATIONS / contract)


def test_the_code_keeps_every_rule() -> None:
    """Nothing in the repository breaks a contract of .importlinter."""
    linted = lint()

    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    ("contract", "violation"),
    [
        ("role-order", "cart.carts.repository -> cart.carts.wiring -> cart.carts.routes"),
        ("role-order", "cart.carts.persistence.carts -> cart.carts.use_cases.add_item"),
        ("pure-domain", "cart.carts.domain imports asyncpg"),
        ("pure-domain", "cart.wishlists.domain.wishlist imports asyncpg"),
        ("pure-domain", "cart.wishlists.domain.expiry imports time"),
    ],
)
def test_the_rule_names_each_violation(contract: str, violation: str) -> None:
    """A role is read from a file's name and from its folders'; the rule names every file that breaks it."""
    linted = lint_violation(contract)

    assert violation in " ".join(linted.stdout.split())


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_violation_is_found(contract: str) -> None:
    """A fixture that breaks the rule is refused, so the rule can fail."""
    linted = lint_violation(contract)

    assert linted.returncode == 1, linted.stdout
    assert "1 broken" in linted.stdout


def test_every_rule_has_a_violation() -> None:
    """A rule without a fixture would be a rule that nobody has seen fail."""
    named = {
        line[23:-1] for line in (ROOT / ".importlinter").read_text().splitlines() if line.startswith("[importlinter:c")
    }

    assert named == set(CONTRACTS)

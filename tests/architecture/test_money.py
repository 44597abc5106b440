"""Money is integers whose type says so, with the currency beside them (libs/contracts/README.md, "Money")."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .import_rules import role_of
from .modules import ROOT, Module, modules, roles

NAMES = re.compile(
    r"(^|_)(prices?|amounts?|subtotals?|revenue|charge|remaining|total|discount|tax|free_over|value|values|discounts)$"
)
"""How a field of money is named: its last word."""
WITH_MONEY = {"schemas", "fields", "view", "domain"}
"""Roles whose fields are bodies, or what bodies are made of."""


def test_money_is_typed_as_minor_units() -> None:
    """In contracts, in the quote, and in what services receive, answer and keep."""
    assert bare_amounts(ROOT) == []


@pytest.mark.parametrize("annotation", ["int", "int | None", "float", "Decimal", "dict[str, int]"])
def test_a_bare_amount_is_found(tmp_path: Path, annotation: str) -> None:
    """A number that does not say what it counts, and one that is not exact."""
    _write(tmp_path, f'class Line:\n    """A line in the cart\'s currency."""\n\n    unit_price: {annotation}')

    assert bare_amounts(tmp_path) == ["cart.carts.schemas.Line.unit_price"]


def test_money_says_its_currency() -> None:
    """A class with amounts has a currency, or its docstring or its module's says whose currency it is."""
    assert without_currency(ROOT) == []


def test_money_without_a_currency_is_found(tmp_path: Path) -> None:
    """An amount alone may be cents or yen."""
    _write(tmp_path, 'class Line:\n    """A line."""\n\n    total: MinorUnits')

    assert without_currency(tmp_path) == ["cart.carts.schemas.Line"]


def test_nothing_that_prices_uses_floats() -> None:
    """The quote and contracts count in integers: no float, no `/`, no Decimal."""
    assert inexact(ROOT) == []


@pytest.mark.parametrize("text", ["half = 0.5", "part = amount / 2", "part = float(amount)", "part = Decimal(amount)"])
def test_a_float_in_the_quote_is_found(tmp_path: Path, text: str) -> None:
    """A literal, a true division and a conversion."""
    path = tmp_path / "libs/quote/src/quote/tax.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert inexact(tmp_path) == ["quote.tax:1"]


def bare_amounts(root: Path) -> list[str]:
    """Fields named like money and typed as plain numbers."""
    return [
        f"{module.name}.{holder.name}.{field.target.id}"
        for module in _with_money(root)
        for holder, field in _fields(module)
        if isinstance(field.target, ast.Name)
        and NAMES.search(field.target.id)
        and {"int", "float", "Decimal"} & {node.id for node in ast.walk(field.annotation) if isinstance(node, ast.Name)}
    ]


def without_currency(root: Path) -> list[str]:
    """Classes that have amounts, and neither a currency nor a docstring (the module's counts) that says whose it is."""
    found = []
    for module in _with_money(root):
        for holder in [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]:
            fields = [field for owner, field in _fields(module) if owner is holder]
            has_money = any(ast.unparse(field.annotation).startswith("MinorUnits") for field in fields)
            has_currency = any(ast.unparse(field.target) == "currency" for field in fields)
            if has_money and not has_currency and "currency" not in f"{ast.get_docstring(holder)} {module.docstring}":
                found.append(f"{module.name}.{holder.name}")
    return found


def inexact(root: Path) -> list[str]:
    """Where the quote, or contracts' money, leaves the integers."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules(root, "libs")
        if module.name.startswith("quote.") or module.name == "contracts.money"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.expr) and _is_inexact(node)
    ]


def _is_inexact(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=float()) | ast.BinOp(op=ast.Div()):
            return True
        case ast.Call(func=ast.Name(id="float" | "Decimal" | "Fraction")):
            return True
        case _:
            return False


def _with_money(root: Path) -> Iterator[Module]:
    known = roles()
    for module in modules(root, "libs"):
        if module.name.split(".")[0] in ("contracts", "quote") and module.name != "contracts.money":
            yield module
    for module in modules(root, "services"):
        if role_of(module.name, known) in WITH_MONEY:
            yield module


def _fields(module: Module) -> Iterator[tuple[ast.ClassDef, ast.AnnAssign]]:
    for holder in ast.walk(module.tree):
        if isinstance(holder, ast.ClassDef):
            yield from ((holder, field) for field in holder.body if isinstance(field, ast.AnnAssign))


def _write(root: Path, text: str) -> None:
    path = root / "services/cart/src/cart/carts/schemas.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)

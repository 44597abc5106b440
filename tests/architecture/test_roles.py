"""Every file of a service has a role, so that the order of imports covers it."""

import ast
from pathlib import Path

from .import_rules import role_of
from .modules import ROOT, Module, modules, roles


def test_every_module_has_a_role() -> None:
    """A file that the rule does not cover could import what it likes."""
    assert without_role(ROOT) == []


def test_a_module_without_a_role_is_found(tmp_path: Path) -> None:
    """A file whose path names no role is found; one in a role's folder, and a package that does nothing, are not."""
    files = {"carts/__init__.py": '"""Carts."""', "carts/wiring.py": "", "carts/use_cases/add_item.py": ""}
    for name, text in files.items():
        path = tmp_path / "services/cart/src/cart" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    assert without_role(tmp_path) == ["cart.carts.wiring"]


def test_the_innermost_role_counts() -> None:
    """The file's own name goes before its folders', and the service's name is no role."""
    known = roles()

    assert role_of("cart.carts.guest_routes", known) == "routes"
    assert role_of("cart.carts.use_cases.add_item", known) == "use_cases"
    assert role_of("cart.carts.persistence.errors", known) == "errors"
    assert role_of("cart.__main__", known) == "main"
    assert role_of("domain.carts.wiring", known) is None


def without_role(root: Path) -> list[str]:
    """The modules of services that no role covers, apart from packages that do nothing."""
    known = roles()
    return [
        module.name
        for module in modules(root, "services")
        if role_of(module.name, known) is None and not _is_bare_package(module)
    ]


def _is_bare_package(module: Module) -> bool:
    return module.path.name == "__init__.py" and all(isinstance(node, ast.Expr) for node in module.tree.body)

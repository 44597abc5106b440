"""A setting or flag that nothing reads is a promise that nobody keeps."""

import ast
from collections.abc import Iterator
from pathlib import Path

from .modules import ROOT, Module, modules

PROMISED = {
    "ai_upsell_enabled": "U1: recommendations by a language model",
    "express_checkout_enabled": "O2: Apple Pay, Google Pay and PayPal from the cart",
    "feature_cart_management": "V1: the admin's pages of carts",
}
"""Settings that nothing reads yet, with the feature that will read each."""


def test_every_setting_is_read() -> None:
    """By a line of a service or a library, or through a flag that some line asks for."""
    assert set(unread(ROOT)) == set(PROMISED)


def test_a_setting_without_a_reader_is_found(tmp_path: Path) -> None:
    """Being defined, and being assigned, is not being read."""
    _write(tmp_path, "settings.py", "class CartSettings(ServiceSettings):\n    ttl: int = 1\n    unused: int = 2\n")
    _write(tmp_path, "main.py", "print(settings.ttl)\nsettings.unused = 3\n")

    assert unread(tmp_path) == ["unused"]


def test_a_flag_that_nothing_asks_for_is_found(tmp_path: Path) -> None:
    """A flag reads its setting by name, when something asks for the flag."""
    _write(tmp_path, "settings.py", "class Settings(ServiceSettings):\n    holds: bool = True\n    sync: bool = True\n")
    _write(tmp_path, "flags.py", 'class Flag(StrEnum):\n    HOLDS = "holds"\n    SYNC = "sync"\n')
    _write(tmp_path, "main.py", "require(Flag.HOLDS)\n")

    assert unread(tmp_path) == ["sync"]


def test_every_flag_has_a_setting_of_its_service() -> None:
    """A flag without one would fail the first request that asks for it."""
    assert list(flags_without_setting(ROOT)) == []


def test_a_flag_without_a_setting_is_found(tmp_path: Path) -> None:
    """Another service's setting is none of its own."""
    _write(tmp_path, "settings.py", "class CartSettings(ServiceSettings):\n    holds: bool = True\n")
    _write(tmp_path, "flags.py", 'class CartFlag(Flag):\n    HOLDS = "holds"\n    SYNC = "sync"\n')

    assert list(flags_without_setting(tmp_path)) == ["cart: sync"]


def flags_without_setting(root: Path) -> Iterator[str]:
    """Flags whose service has no setting of their name."""
    known = list(modules(root, "services"))
    for service in sorted({module.name.split(".")[0] for module in known}):
        own = [module for module in known if module.name.split(".")[0] == service]
        settings = {setting for module in own for setting in _settings(module)}
        flags = {setting for module in own for _, setting in _flags(module)}
        yield from (f"{service}: {flag}" for flag in sorted(flags - settings))


def unread(root: Path) -> list[str]:
    """Settings, and properties of settings, that no line of the source reads."""
    known = [*modules(root, "services"), *modules(root, "libs")]
    read = {
        node.attr
        for module in known
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    read |= {setting for module in known for member, setting in _flags(module) if member in read}
    return sorted({setting for module in known for setting in _settings(module)} - read)


def _settings(module: Module) -> Iterator[str]:
    for holder in _classes(module, "Settings"):
        for node in holder.body:
            match node:
                case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
                    yield name
                case ast.FunctionDef(name=name, decorator_list=[ast.Name(id="property")]):
                    yield name


def _flags(module: Module) -> Iterator[tuple[str, str]]:
    for holder in _classes(module, "Flag"):
        for node in holder.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=member)], value=ast.Constant(value=str(setting))):
                    yield member, setting


def _classes(module: Module, ending: str) -> Iterator[ast.ClassDef]:
    """Classes by the end of their name: of settings, where `settings.py` says so, and of flags."""
    if ending == "Settings" and not module.name.endswith(".settings"):
        return
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and node.name.endswith(ending):
            yield node


def _write(root: Path, name: str, text: str) -> None:
    path = root / "services/cart/src/cart" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

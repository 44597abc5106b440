"""A file that claims to be pure is under the guard (`pure-domain`, `quote-alone`), and has no clock of its own."""

import ast
import re
from pathlib import Path

from .import_rules import role_of
from .modules import ROOT, Module, modules, roles

IMPURE_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid6", "uuid7", "open", "print", "input"}


def test_what_claims_to_be_pure_is_guarded() -> None:
    """A module whose docstring says "pure" has the role of the domain, or belongs to quote."""
    assert unguarded(ROOT) == []


def test_a_claim_without_a_guard_is_found(tmp_path: Path) -> None:
    """The word alone, in a file that the rule does not read, is refused."""
    write(tmp_path, "carts/merging.py", '"""Merging carts: pure."""')
    write(tmp_path, "carts/domain/merge.py", '"""Merging carts: pure."""')

    assert unguarded(tmp_path) == ["cart.carts.merging"]


def test_the_domain_has_no_clock_and_makes_no_ids() -> None:
    """Time and ids are passed in; nothing pure reads a clock, makes an id, opens or prints."""
    assert impure_calls(ROOT) == []


def test_a_clock_in_the_domain_is_found(tmp_path: Path) -> None:
    """A call of `datetime.now` in a file of the domain is refused."""
    write(tmp_path, "carts/domain.py", "from datetime import UTC, datetime\n\nnow = datetime.now(UTC)")

    assert impure_calls(tmp_path) == ["cart.carts.domain:3 now"]


def unguarded(root: Path) -> list[str]:
    """The modules that say they are pure and that no rule holds to it."""
    known = roles()
    return [
        module.name
        for module in (*modules(root, "services"), *modules(root, "libs"))
        if re.search(r"\bpure\b", module.docstring, re.IGNORECASE) and not _is_guarded(module, known)
    ]


def impure_calls(root: Path) -> list[str]:
    """Where a guarded module calls what is not pure."""
    known = roles()
    return [
        f"{module.name}:{node.lineno} {name}"
        for module in (*modules(root, "services"), *modules(root, "libs"))
        if _is_guarded(module, known)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and (name := _called(node)) in IMPURE_CALLS
    ]


def write(root: Path, name: str, text: str) -> None:
    """Put a module of the cart service into a repository."""
    path = root / "services/cart/src/cart" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _is_guarded(module: Module, known: dict[str, int]) -> bool:
    return role_of(module.name, known) == "domain" or module.name.split(".")[0] == "quote"


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

"""Two kinds of import-linter contract: by the role that a file's path says, and by what a package may import at all."""

import sys
from collections.abc import Container, Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Violation = tuple[str, str]

IMPURE = {
    *(
        "asyncio",
        "concurrent",
        "ftplib",
        "glob",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
    ),
    *("random", "secrets", "select", "selectors", "shelve", "shutil", "signal", "smtplib", "socket", "socketserver"),
    *("sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time"),
}
"""Modules of the standard library that do I/O, have a clock or make randomness."""


class RoleOrder(Contract):
    """Files of a higher role import those of a lower one, never the other way, not even through files without a role.

    `roles`, in the section of all contracts, lists the roles from the top; roles on one line are equals and may import
    each other. `role_of` says how a file's path names its role.
    """

    packages = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look for a way from a lower role up to a higher one."""
        ranks = ranks_of(self.session_options["roles"])
        chains = [chain for package in self.packages for chain in _climbs(graph, package, ranks)]
        return ContractCheck(kept=not chains, metadata={"chains": chains})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print every way up."""
        for chain in check.metadata["chains"]:
            output.print_error(" -> ".join(chain))


class OnlyImports(Contract):
    """Files of these packages (of one role, if `role` is given) import only what is allowed, and their own package.

    The standard library is allowed; with `pure`, only what has no I/O, clock or randomness.
    """

    packages = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())
    role = fields.StringField(required=False)
    pure = fields.BooleanField(required=False, default=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import of these files."""
        found = [violation for package in self.packages for violation in self._strays(graph, package)]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print every import that is not allowed."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}")

    def _strays(self, graph: ImportGraph, package: str) -> Iterator[Violation]:
        roles = ranks_of(self.session_options["roles"])
        standard = sys.stdlib_module_names - IMPURE if self.pure else sys.stdlib_module_names
        fine = {*self.allowed, package, *standard}
        for importer in _modules(graph, package):
            if self.role is None or role_of(importer, roles) == self.role:
                imports = sorted(graph.find_modules_directly_imported_by(importer))
                yield from ((importer, imported) for imported in imports if imported.split(".")[0] not in fine)


def ranks_of(lines: list[str]) -> dict[str, int]:
    """The rank of each role, 0 at the top, out of the lines of `roles`."""
    return {role: rank for rank, line in enumerate(lines) for role in line.split()}


def role_of(module: str, roles: Container[str]) -> str | None:
    """The role of a module: the innermost name of its path that is one of `roles`, or ends in `_` and one of them.

    `cart.carts.guest_routes` has the role `routes`, `cart.carts.use_cases.add_item` the role `use_cases`, and
    `cart.carts.use_cases.errors` the role `errors`. The package's own name does not count.
    """
    for name in reversed(module.split(".")[1:]):
        for role in (name, name.strip("_").rsplit("_", 1)[-1]):
            if role in roles:
                return role
    return None


def _climbs(graph: ImportGraph, package: str, ranks: dict[str, int]) -> Iterator[tuple[str, ...]]:
    ranked = {module: ranks[role] for module in _modules(graph, package) if (role := role_of(module, ranks))}
    for importer, rank in ranked.items():
        for imported, other in ranked.items():
            if other < rank and (chain := _chain(graph, importer, imported, set(ranked))):
                yield chain


def _chain(graph: ImportGraph, importer: str, imported: str, ranked: set[str]) -> tuple[str, ...] | None:
    """The shortest way from one file to another that passes through no other file with a role."""
    frontier, seen = [(importer,)], {importer}
    while frontier:
        path = frontier.pop(0)
        for step in sorted(graph.find_modules_directly_imported_by(path[-1]) - seen):
            if step == imported:
                return (*path, step)
            if step not in ranked and step.split(".")[0] == importer.split(".", maxsplit=1)[0]:
                seen.add(step)
                frontier.append((*path, step))
    return None


def _modules(graph: ImportGraph, package: str) -> list[str]:
    return sorted(m for m in graph.modules if m == package or m.startswith(f"{package}."))

"""Two kinds of import-linter contract: by the role that a file's name says, and by what a package may import at all."""

import sys
from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Violation = tuple[str, str]


class RoleOrder(Contract):
    """Files of a higher role import those of a lower one, never the other way, not even through files without a role.

    A file's role is its module's last name, or what stands after its last underscore (`guest_routes`). `order` lists
    the roles from the top; roles on one line are equals and may import each other.
    """

    packages = fields.ListField(subfield=fields.StringField())
    order = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look for a way from a lower role up to a higher one."""
        ranks = {role: rank for rank, line in enumerate(self.order) for role in line.split()}
        chains = [chain for package in self.packages for chain in _climbs(graph, package, ranks)]
        return ContractCheck(kept=not chains, metadata={"chains": chains})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print every way up."""
        for chain in check.metadata["chains"]:
            output.print_error(" -> ".join(chain))


class OnlyImports(Contract):
    """Files of these packages (of one role, if `role` is given) import only what is allowed, and their own package.

    The standard library is always allowed.
    """

    packages = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())
    role = fields.StringField(required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import of these files."""
        found = [violation for package in self.packages for violation in self._strays(graph, package)]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print every import that is not allowed."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}")

    def _strays(self, graph: ImportGraph, package: str) -> Iterator[Violation]:
        fine = {*self.allowed, package, *sys.stdlib_module_names}
        for importer in _modules(graph, package):
            if self.role is None or role_of(importer) == self.role:
                imports = sorted(graph.find_modules_directly_imported_by(importer))
                yield from ((importer, imported) for imported in imports if imported.split(".")[0] not in fine)


def role_of(module: str) -> str:
    """The role that a module's name says."""
    return module.rsplit(".", 1)[-1].rsplit("_", 1)[-1]


def _climbs(graph: ImportGraph, package: str, ranks: dict[str, int]) -> Iterator[tuple[str, ...]]:
    ranked = {module: ranks[role_of(module)] for module in _modules(graph, package) if role_of(module) in ranks}
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

"""What can be wrong with the manifests."""

from collections.abc import Sequence


class ManifestErrors(Exception):
    """The manifests cannot be used; `problems` has a sentence for each fault, naming file and field."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)

"""What every step on a cluster needs: kubectl, a clock, and where it is shown what happens."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from rich.console import Console
from simulator.progress import step

from rollout.cluster.clock import Clock
from rollout.cluster.kubectl import Kubectl


@dataclass(frozen=True, slots=True)
class Access:
    """A cluster, as one run of a command has it."""

    kubectl: Kubectl
    clock: Clock
    console: Console

    def shown(self, title: str) -> AbstractContextManager[None]:
        """Show one thing while the block does it; a dry run does nothing, and shows its calls alone."""
        return nullcontext() if self.kubectl.dry_run else step(self.console, title)

    def say(self, sentence: str) -> None:
        """Print a line."""
        self.console.print(sentence, soft_wrap=True, highlight=False, markup=False)

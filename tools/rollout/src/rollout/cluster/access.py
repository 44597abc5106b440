"""What every step on a cluster needs: kubectl, a clock, and where it is shown what happens."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from rich.console import Console
from simulator.progress import step

from rollout.cluster.clock import Clock
from rollout.cluster.kubectl import Kubectl


@dataclass(frozen=True, slots=True)
class Access:
    """A cluster, as one run of a command has it; on its way back it goes on where nobody reads what it prints."""

    kubectl: Kubectl
    clock: Clock
    console: Console
    is_going_back: bool = False

    def shown(self, title: str) -> AbstractContextManager[None]:
        """Show one thing while the block does it; a dry run does nothing, and shows its calls alone."""
        if self.is_going_back:
            self.say(f"… {title}")
            return nullcontext()
        return nullcontext() if self.kubectl.dry_run else step(self.console, title)

    def say(self, sentence: str) -> None:
        """Print a line."""
        try:
            self.console.print(sentence, soft_wrap=True, highlight=False, markup=False)
        except (OSError, SystemExit):  # the terminal is gone, or the pipe, for which rich ends a process
            if not self.is_going_back:
                raise
            self.console.quiet = True

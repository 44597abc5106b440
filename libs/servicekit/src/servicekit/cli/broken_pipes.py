"""A broken pipe on the command line: the reader of its output is gone, or a server is, which has to be said."""

import select
from typing import Any

from typer.core import TyperGroup

_OUTPUTS = (1, 2)


class ServerLost(Exception):
    """A server that the command talked to ended the connection while something was sent to it."""


class Commands(TyperGroup):
    """Commands that end in silence, with status 1, when nobody reads their output any more, as `| head` does.

    The library ends so for every broken pipe, and would say nothing of a lost server: ServerLost is raised then.
    """

    def invoke(self, ctx: Any) -> Any:  # a Context of the click inside typer, which has no public name
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as broken:
            if any(map(_is_unread, _OUTPUTS)):
                raise
            raise ServerLost(f"the connection to a server was lost ({broken})") from broken


def _is_unread(descriptor: int) -> bool:
    """Whether a pipe or a terminal has nobody at its other end."""
    looked_at = select.poll()
    looked_at.register(descriptor, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in looked_at.poll(0))

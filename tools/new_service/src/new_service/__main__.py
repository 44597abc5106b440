"""`python -m new_service NAME`, over the repository in the current directory."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from manifests.errors import ManifestErrors

from new_service.making import make_service
from new_service.naming import NameRefused

NEXT = """{folder} is made, and everything that lists services has it. What nobody can write for you:
  {folder}/README.md       what it owns, in one page
  {folder}/service.toml    its routes at the gateway, the services that it calls
  README.md               its row in the table of services
Then: scripts/test {folder}
"""


def main(arguments: Sequence[str]) -> int:
    """Make a service; the exit status is 1 when its name is refused or a manifest is wrong."""
    parser = ArgumentParser(prog="python -m new_service", description="Make an empty service.")
    parser.add_argument("name", help="its folder, package, host and prefix of queues: one lower-case word")
    name = parser.parse_args(arguments).name
    try:
        make_service(Path.cwd(), name)
    except (NameRefused, ManifestErrors) as refused:
        print(refused, file=sys.stderr)
        return 1
    print(NEXT.format(folder=f"services/{name}"), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m manifests`: names | write | check, over the repository in the current directory."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from manifests.errors import ManifestErrors
from manifests.generating import write
from manifests.guarding import problems
from manifests.reading import load_manifests
from manifests.regions import RegionMissing


def main(arguments: Sequence[str]) -> int:
    """Run a command; the exit status is 1 when a manifest is wrong, or a folder or file is not as it should be."""
    parser = ArgumentParser(prog="python -m manifests", description="What follows from the services' manifests.")
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("names", help="print the services' names on one line")
    commands.add_parser("write", help="bring the generated parts of files up to date")
    commands.add_parser("check", help="say what is out of date, and which folder under services/ nothing guards")
    command = parser.parse_args(arguments).command
    if command == "check":
        return _complain(problems(Path()))
    try:
        manifests = load_manifests(Path())
        if command == "names":
            print(*(manifest.name for manifest in manifests))
        else:
            for file in write(Path(), manifests):
                print(f"{file}: written")
    except (ManifestErrors, RegionMissing) as wrong:
        return _complain(str(wrong).splitlines())
    return 0


def _complain(sentences: Sequence[str]) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

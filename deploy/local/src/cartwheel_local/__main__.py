"""The command `cartwheel-local`, and `python -m cartwheel_local`: with broken manifests there is no command line."""

import sys

from localservers.interruptions import take_for_interrupts
from manifests.errors import ManifestErrors


def main() -> None:
    """Run the command line; a manifest that cannot be used ends it with status 1 and a line naming file and field."""
    try:
        from cartwheel_local.cli import app  # noqa: PLC0415  # importing it reads the manifests
    except ManifestErrors as broken:
        sys.exit(str(broken))
    take_for_interrupts()
    app()


if __name__ == "__main__":
    main()

"""`python -m bsc_sync` and the `bsc-sync` command."""

import sys

from bsc_sync.cli.frame import run_command
from bsc_sync.cli.main import cli


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run_command(cli))


if __name__ == "__main__":
    main()

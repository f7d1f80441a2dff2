"""`python -m tests.fidelity RECORDING...`: hold recordings of the sandbox against Atlassian's documents.

Exit codes: 0 no violation, 1 violations, 2 the documents or the recordings are not there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.fidelity.documents import load_library
from tests.fidelity.exchange import read_recordings
from tests.fidelity.judge import judge
from tests.fidelity.table import render


def main(files: list[str]) -> int:
    """Print the table; the exit code."""
    folder = Path(os.environ.get("BSC_SYNC_SHARED", "../shared")) / "openapi"
    try:
        library = load_library(folder)
        exchanges = read_recordings(map(Path, files))
    except FileNotFoundError as error:
        print(f"contract: {error.filename} is not there", file=sys.stderr)  # noqa: T201
        return 2
    verdict = judge(library, exchanges)
    print(*render(verdict), sep="\n")  # noqa: T201
    print(f"\n{verdict.count} exchanges with a violation")  # noqa: T201
    return 1 if verdict.count or not exchanges else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

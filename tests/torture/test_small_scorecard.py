"""The slice of the kill test that every test run takes: two objectives, three key results, all points.

A process of its own forks the ones that are killed, as this one has threads. What it asks the sandbox is
not recorded: it is what other tests ask, thousands of times.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

_PLANTED = """
import datetime as dt
from bsc_sync.atlassian.tracker import JiraTracker
from bsc_sync.sync import settle
from tests.torture.__main__ import main
JiraTracker.following = lambda *_: iter(())  # nobody looks for what was perhaps created
settle.SETTLING = dt.timedelta(0)  # nor waits until the index would tell
raise SystemExit(main({arguments}))
"""


def torture(
    week: str, flavor: str, variant: str, stride: int = 1, *, planted: bool = False
) -> subprocess.CompletedProcess[str]:
    small = (
        f"--case small --act sync --each world --week {week} --flavor {flavor} --variant {variant}".split()
    )
    small += ["--stride", str(stride)]
    command = ["-c", _PLANTED.format(arguments=small)] if planted else ["-m", "tests.torture", *small]
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
@pytest.mark.parametrize("week", ["first", "later"])
def test_it_may_be_killed_at_every_step(week: str, flavor: str) -> None:
    result = torture(week, flavor, "killed")
    assert result.returncode == 0, result.stdout + result.stderr
    found = re.search(r"^killed: (\d+) points$", result.stdout, re.MULTILINE)
    assert found is not None
    assert int(found[1]) > 100


def test_a_store_that_forgets_to_look_is_found_out() -> None:
    result = torture("first", "cloud", "lag", 4, planted=True)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "twice: issue O01" in result.stdout
    assert re.search(r"python -m tests\.torture --case small .* --at \d+ --side \w+", result.stdout)

"""Whatever the sandbox answers is documented, and every answer of it has been looked at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.recorder import Recorder
from tests.fidelity.documents import Library, Operation
from tests.fidelity.exchange import read_recordings
from tests.fidelity.judge import judge
from tests.fidelity.routes import operations
from tests.fidelity.table import render
from tests.fidelity.walk_jira import walk_jira
from tests.fidelity.walk_wiki import walk_wiki_of_cloud, walk_wiki_of_data_center
from tests.fidelity.walker import Walker


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_route_that_no_document_has_says_that_it_is_gone(library: Library, flavor: Flavor) -> None:
    walker = Walker(flavor, 2)
    undocumented = [place for place, found in operations(library, flavor).items() if isinstance(found, str)]
    for method, path in undocumented:
        reply = walker.client.open(path, method=method, headers=walker.headers)
        assert reply.status_code in {404, 405, 410}, (method, path)
    assert bool(undocumented) is (flavor == "cloud")
    walker.site.store.close()


WALKS = [("cloud", 3), ("cloud", 2), ("data-center", 2)]


@pytest.mark.parametrize(("flavor", "version"), WALKS)
def test_every_answer_is_as_documented(
    library: Library, flavor: Flavor, version: int, tmp_path: Path
) -> None:
    walker = Walker(flavor, version)
    file = tmp_path / "walk.jsonl"
    walker.app.wsgi_app = Recorder(walker.app.wsgi_app, file, flavor=flavor)  # type: ignore[method-assign] # Flask's own place for what stands in front
    walk_jira(walker)
    if flavor == "cloud":
        walk_wiki_of_cloud(walker)
    else:
        walk_wiki_of_data_center(walker)
    walker.site.store.close()
    verdict = judge(library, read_recordings([file]))
    assert verdict.count == 0, "\n".join(render(verdict))
    asked = {name for title, name in verdict.tallies if not title.startswith("undocumented")}
    assert _documented(library, flavor, version) - asked == set()


def _documented(library: Library, flavor: Flavor, version: int) -> set[str]:
    """The operations behind the sandbox's routes of that version, but those that are gone."""
    gone = {f"{method} /rest/api/{version}/search" for method in ("GET", "POST")}
    found = {
        one.name
        for (_, path), one in operations(library, flavor).items()
        if isinstance(one, Operation)
        and (f"/rest/api/{version}/" in path or not path.startswith("/rest/api/"))
    }
    return found - gone if flavor == "cloud" else found

"""`BSC_SYNC_STATE_URL` names a file: its folder has to be there, and only the folder of ours is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from bsc_sync.cli.frame import run_command
from bsc_sync.cli.main import cli
from bsc_sync.errors import SettingsError
from bsc_sync.sandbox.catalog import Flavor
from tests.clinic import Clinic, not_well, open_clinic
from tests.runs_on_acme import Acme, sync_and_publish


def test_a_slip_in_the_address_makes_no_folder_and_begins_no_second_store(
    acme_here: Acme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    acme = acme_here
    (tmp_path / "stores").mkdir()
    acme.state_url = f"sqlite:///{tmp_path}/stores/acme.db"
    sync_and_publish(acme)
    writes = acme.writes()
    acme.state_url = f"sqlite:///{tmp_path}/store/of/acme.db"
    with pytest.raises(SettingsError, match=f"there is no folder {tmp_path}/store/of") as failure:
        sync_and_publish(acme)
    assert (failure.value.exit_code, acme.writes()) == (1, writes)
    assert "BSC_SYNC_STATE_URL" in failure.value.hint
    with pytest.raises(SettingsError, match="there is no folder"):
        acme.elsewhere("new").outpost().memory("new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stores", acme.folder.name]
    monkeypatch.setenv("BSC_SYNC_STATE_URL", acme.state_url)
    assert run_command(cli, ["status", "--project", str(acme.folder)]) == 1
    assert f"there is no folder {tmp_path}/store/of" in capsys.readouterr().err.replace("\n", "")
    assert not (tmp_path / "store").exists()


def test_a_path_of_the_working_folder_is_told_as_a_whole(
    acme_here: Acme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    acme_here.state_url = "sqlite:///stores/acme.db"
    with pytest.raises(SettingsError, match=f"there is no folder {tmp_path}/stores"):
        acme_here.office()
    (tmp_path / "stores").mkdir()
    acme_here.office()
    assert (tmp_path / "stores" / "acme.db").exists()


def test_our_own_folder_is_made_also_where_the_address_names_it(acme_here: Acme, tmp_path: Path) -> None:
    outpost = acme_here.elsewhere("new").outpost()
    outpost.memory("new")
    assert (tmp_path / "new" / ".bsc-sync" / "state.db").exists()
    acme_here.state_url = f"sqlite:///{acme_here.folder}/.bsc-sync/acme.db"
    acme_here.office()
    assert (acme_here.folder / ".bsc-sync" / "acme.db").exists()


@pytest.mark.parametrize("named", ["sqlite:///{}/acme.db", "sqlite:///file:{}/acme.db?uri=true"])
def test_the_doctor_finds_no_fault_with_a_new_store_and_one_with_a_missing_folder(
    named: str, tmp_path: Path, flavor: Flavor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "strategy").mkdir()
    monkeypatch.chdir(tmp_path / "strategy")
    clinic: Clinic = open_clinic(Path(), flavor)
    clinic.settings["state_url"] = named.format(tmp_path / "stores")
    (check,) = not_well(clinic.examine())
    assert (check.what, check.state) == ("store", "missing")
    assert check.found == f"the store cannot be opened: there is no folder {tmp_path}/stores"
    (tmp_path / "stores").mkdir()
    assert [check for check in not_well(clinic.examine()) if check.what == "store"] == []
    assert list((tmp_path / "stores").iterdir()) == []
    clinic.office()
    assert (tmp_path / "stores" / "acme.db").is_file()


@pytest.mark.parametrize("stands", ["file", "link to nowhere"])
def test_the_doctor_says_that_a_store_cannot_be_where_something_else_has_the_name_of_its_folder(
    stands: str, tmp_path: Path, flavor: Flavor
) -> None:
    clinic: Clinic = open_clinic(tmp_path, flavor)
    folder = tmp_path / ".bsc-sync"
    if stands == "file":
        folder.write_text("")
    else:
        folder.symlink_to(tmp_path / "nowhere")
        clinic.settings["state_url"] = f"sqlite:///{folder}/acme.db"
    (check,) = [check for check in not_well(clinic.examine()) if check.what == "store"]
    assert (check.state, check.found) == ("missing", f"the store cannot be created: {folder} is not a folder")
    with pytest.raises(SettingsError, match="is not a folder") as failure:
        clinic.office()
    assert (failure.value.message, failure.value.hint) == (check.found, check.mend)

"""Where a secret is, and that it shows nowhere."""

from __future__ import annotations

import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from bsc_sync.redaction import COVER, covered, hide, hide_a_while
from bsc_sync.secrets import NoSecret, Secret, read_secret


def read(reference: str, folder: Path = Path(), **environment: str) -> Secret:
    return read_secret(reference, folder=folder, environment=environment)


def test_a_secret_that_is_written_out_is_itself() -> None:
    assert read("ATATT3x-with:colon").value == "ATATT3x-with:colon"
    assert read("").value == ""


def test_a_file_is_read_from_the_project_folder_and_its_line_end_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cr3t-in-a-file\n", encoding="utf-8")
    (tmp_path / "token").chmod(0o600)
    assert read("file:token", tmp_path) == Secret("s3cr3t-in-a-file")
    assert read(f"file:{tmp_path}/token", Path("/")) == Secret("s3cr3t-in-a-file")


def test_a_file_that_everybody_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cr3t-in-the-open", encoding="utf-8")
    (tmp_path / "token").chmod(0o644)
    warning = read("file:token", tmp_path).warning
    assert warning == f"everybody on this machine can read {tmp_path}/token"


def test_a_variable(tmp_path: Path) -> None:
    assert read("env:JIRA_PAT", JIRA_PAT=" s3cr3t-variable ").value == "s3cr3t-variable"


class Ring(KeyringBackend):
    """A keyring of one entry."""

    priority = 1

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise KeyringLocked("no")
        return "s3cr3t-in-the-ring" if (service, username) == ("https://jira/x", "ada") else None


@pytest.fixture
def _ring() -> object:
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]  # keyring's own is not typed
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("_ring")
def test_the_keyring_of_the_system() -> None:
    assert read("keyring:https://jira/x/ada").value == "s3cr3t-in-the-ring"
    with pytest.raises(NoSecret, match='holds nothing for "bob" of "jira"'):
        read("keyring:jira/bob")
    with pytest.raises(NoSecret, match=r"does not open \(KeyringLocked\)"):
        read("keyring:locked/ada")


def test_without_the_keyring_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(NoSecret, match="needs the keyring package") as caught:
        read("keyring:jira/ada")
    assert "bsc-sync[keyring]" in caught.value.hint


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("file:missing", "cannot be read \\(FileNotFoundError\\)"),
        ("file:.", "cannot be read"),
        ("file:empty", "is empty"),
        ("file:binary", "cannot be read \\(UnicodeDecodeError\\)"),
        ("file:huge", "too large"),
        ("file:two", "characters that no token has"),
        ("env:NOT_SET", "NOT_SET is not set"),
        ("keyring:nothing", "names no entry"),
        ("a\nb", "characters that no token has"),
    ],
)
def test_what_leads_to_nothing_is_told_and_never_with_what_is_in_it(
    tmp_path: Path, reference: str, said: str
) -> None:
    (tmp_path / "empty").write_text(" \n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "huge").write_bytes(b"x" * 70_000)
    (tmp_path / "two").write_text("s3cr3t-one\ns3cr3t-two", encoding="utf-8")
    with pytest.raises(NoSecret, match=said) as caught:
        read(reference, tmp_path)
    assert caught.value.hint
    assert "s3cr3t" not in str(caught.value) + caught.value.hint


def test_a_secret_is_covered_wherever_it_would_show(tmp_path: Path) -> None:
    secret = read("s3cr3t/with+signs")
    assert secret.value not in repr(secret)
    assert covered("see s3cr3t/with+signs and s3cr3t%2Fwith%2Bsigns") == f"see {COVER} and {COVER}"


def test_the_longer_of_two_secrets_is_covered_whole_and_short_words_stay() -> None:
    hide("abcdef-1", "abcdef-12345", "in")
    assert covered("abcdef-12345 in abcdef-1") == f"{COVER} in {COVER}"


def test_cookies_are_covered_for_a_while() -> None:
    hide_a_while("cookie-one", "cookie-one", "id")
    assert covered("cookie-one id") == f"{COVER} id"
    hide_a_while(*(f"cookie-{number:04}" for number in range(100)))
    assert covered("cookie-one") == "cookie-one"
    assert covered("cookie-0099") == COVER

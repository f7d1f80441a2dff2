"""Files of an encrypted connection that cannot be used are told by the setting that names them."""

from __future__ import annotations

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from bsc_sync.certificates import certificate_problems


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pem")
    authority = trustme.CA()
    one, other = authority.issue_cert("one@example.com"), authority.issue_cert("other@example.com")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    one.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    one.private_key_pem.write_to_path(folder / "key.pem")
    one.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    other.private_key_pem.write_to_path(folder / "foreign.pem")
    (folder / "text.pem").write_text("hello", encoding="utf-8")
    key = serialization.load_pem_private_key(one.private_key_pem.bytes(), password=None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a passphrase"),
    )
    (folder / "locked.pem").write_bytes(locked)
    return {path.stem: str(path) for path in folder.iterdir()} | {"": "", "folder": str(folder)}


@pytest.mark.parametrize(
    ("bundle", "cert", "key"),
    [("", "", ""), ("ca", "", ""), ("folder", "", ""), ("ca", "cert", "key"), ("", "both", "")],
)
def test_what_fits_is_no_problem(files: dict[str, str], bundle: str, cert: str, key: str) -> None:
    assert list(certificate_problems(files[bundle], files[cert], files[key])) == []


@pytest.mark.parametrize(
    ("bundle", "cert", "key", "where", "what"),
    [
        ("text", "", "", "BSC_SYNC_CA_BUNDLE", "holds no certificate"),
        ("", "", "key", "BSC_SYNC_CLIENT_KEY", "without BSC_SYNC_CLIENT_CERT"),
        ("", "cert", "", "BSC_SYNC_CLIENT_CERT", "cannot be used together"),
        ("", "cert", "foreign", "BSC_SYNC_CLIENT_CERT", "cannot be used together"),
        ("", "text", "key", "BSC_SYNC_CLIENT_CERT", "cannot be used together"),
        ("", "cert", "locked", "BSC_SYNC_CLIENT_KEY", "locked with a passphrase"),
    ],
)
def test_what_does_not_fit_is_told(
    files: dict[str, str], bundle: str, cert: str, key: str, where: str, what: str
) -> None:
    (problem,) = certificate_problems(files[bundle], files[cert], files[key])
    assert problem.where == where
    assert what in problem.what
    assert problem.hint

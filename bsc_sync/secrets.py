"""Where a secret is: written out, or a reference to a file, a variable or the system's keyring."""

from __future__ import annotations

import importlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bsc_sync.redaction import hide

_LARGEST = 64 * 1024


class NoSecret(ValueError):
    """The reference leads to nothing usable; `hint` says how to mend it. Never holds a part of the secret."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Secret:
    """What a reference leads to, and what is careless about how it is kept."""

    value: str = field(repr=False)
    warning: str = ""


def read_secret(reference: str, *, folder: Path, environment: Mapping[str, str]) -> Secret:
    """The secret that is meant: `file:PATH` (from `folder`), `env:NAME`, `keyring:SERVICE/NAME`, or itself.

    What is read is covered in every later output. Raises NoSecret.
    """
    kind, colon, rest = reference.partition(":")
    if colon and kind == "file":
        secret = _of_file((folder / Path(rest).expanduser()).resolve())
    elif colon and kind == "env":
        secret = Secret(_of_environment(rest, environment))
    elif colon and kind == "keyring":
        secret = Secret(_of_keyring(rest))
    else:
        secret = Secret(reference.strip())
    if not secret.value.isprintable():
        raise NoSecret("holds characters that no token has", "copy the token again, as one line")
    hide(secret.value)
    return secret


def readable_by_all(path: Path) -> bool:
    """Whether everybody on this machine can read the file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _of_file(path: Path) -> Secret:
    try:
        if path.stat().st_size > _LARGEST:
            raise NoSecret(f"{path} is too large to be a token", "name a file that holds the token alone")
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoSecret(
            f"{path} cannot be read ({type(error).__name__})", "name a file that holds the token alone"
        ) from None
    if not text:
        raise NoSecret(f"{path} is empty", "write the token into it")
    return Secret(text, f"everybody on this machine can read {path}" if readable_by_all(path) else "")


def _of_environment(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise NoSecret(f"the variable {name} is not set", f"export {name}, or correct the reference")
    return value


def _of_keyring(place: str) -> str:
    service, slash, name = place.rpartition("/")
    if not (slash and service and name):
        raise NoSecret("names no entry of the keyring", "write keyring:SERVICE/NAME")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise NoSecret(
            "needs the keyring package", "pip install 'bsc-sync[keyring]', or use file: or env: instead"
        ) from None
    try:
        value = keyring.get_password(service, name)
    except keyring.errors.KeyringError as error:
        raise NoSecret(
            f"the system's keyring does not open ({type(error).__name__})", "unlock it, or use file: or env:"
        ) from None
    if not value:
        raise NoSecret(
            f'the keyring holds nothing for "{name}" of "{service}"', f"keyring set {service} {name}"
        )
    return str(value)

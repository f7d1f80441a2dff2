"""What every test shares: no socket unless a test asks for one."""

from __future__ import annotations

import pytest
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts


@pytest.fixture(autouse=True)
def _sockets(request: pytest.FixtureRequest) -> None:
    """Only tests that are marked, and those in contract and system, open sockets, on loopback."""
    folders = request.path.parts
    open_to = request.node.get_closest_marker("network") or request.node.get_closest_marker("browser")
    if open_to or "contract" in folders or "system" in folders:
        enable_socket()
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)

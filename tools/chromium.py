"""Debian's Chromium: where it is, and how it is started for tests."""

import shutil

import pytest

# As root, without a graphics card, and without its own errands on the network.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """Return its path, under whichever name there is."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("there is no chromium; `make test` installs it")
    return path

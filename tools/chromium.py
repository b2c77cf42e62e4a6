"""Chromium: where it is, and how tests start it."""

import shutil

import pytest

from tools.stack import ROOT

# As root, without a graphics card, and without background requests to the network.
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
    """Return the path of the system's Chromium, or of the one that tools/install downloaded."""
    installed = [shutil.which(name) for name in ("chromium", "google-chrome")]
    downloaded = [str(path) for path in (ROOT / ".cache" / "playwright").glob("chromium-*/chrome-linux*/chrome")]
    for path in (*installed, *downloaded):
        if path is not None:
            return path
    pytest.fail("there is no Chromium; `make test` installs it")

"""The page as nginx serves it."""

import subprocess

from tools.run.settings import ROOT, Settings, fail


def build_page(settings: Settings) -> None:
    """Write the page to `run_dir`, or end with the reason why it cannot be built."""
    built = subprocess.run([ROOT / "web" / "build-page", settings.run_dir], stderr=subprocess.PIPE, text=True)
    if built.returncode:
        fail(f"the page cannot be built. {built.stderr.strip()}")

"""nginx's configuration in the web container, as its entrypoint renders it from the container's environment.

nginx itself does not read it here: Debian 12 has a version that is too old. tests/containers runs it.
"""

import os
import subprocess
from pathlib import Path

from tests.manifests.rendering import ROOT
from tests.nginx_configuration import Directive, parse

FOLDER = ROOT / "web" / "container"
ENTRYPOINT = FOLDER / "entrypoint"


def run_entrypoint(run_dir: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Render the configuration into `run_dir`, which is RUN_DIR."""
    environ = {
        **os.environ,
        "RUN_DIR": str(run_dir),
        "NAMESERVERS": "192.0.2.53",
        "WORKERS": "none",  # no nginx accepts this, so the entrypoint ends when it has rendered
        **variables,
    }
    result = subprocess.run([ENTRYPOINT], env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode != 0
    return result


def rendered(run_dir: Path, **variables: str) -> Directive:
    """Return the configuration, with every file that it includes."""
    result = run_entrypoint(run_dir, **variables)
    path = run_dir / "nginx" / "nginx.conf"
    assert path.is_file(), result.stderr
    return parse(path)

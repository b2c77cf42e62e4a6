"""nginx takes the configuration that web's entrypoint makes, and the entrypoint takes no nonsense."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.manifests.rendering import COMBINATIONS, ROOT, environment, manifests, of_kind


def check(run_dir: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run web's entrypoint as far as nginx's own check of the configuration."""
    environ = {**os.environ, "RUN_DIR": str(run_dir), "LISTEN": "127.0.0.1:18080", **variables}
    return subprocess.run(
        [ROOT / "web" / "container" / "entrypoint", "-t"], env=environ, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_nginx_takes_the_configuration_of_every_combination(
    overlay: str, components: tuple[str, ...], tmp_path: Path
) -> None:
    [web] = of_kind(manifests(overlay, components), "Deployment", "web")
    result = check(tmp_path, **environment(web))
    assert result.returncode == 0, result.stderr
    text = (tmp_path / "nginx" / "deployment.conf").read_text()
    assert not re.search(r"@[A-Z_]+@", text)
    assert ("torchserve-canary" in text) == ("canary" in components)
    assert text.count("set_real_ip_from") == (overlay == "production")


def test_nginx_takes_what_compose_sets(tmp_path: Path) -> None:
    assert check(tmp_path, RATE_LIMIT="10r/s", RATE_BURST="20", TRUSTED_PROXIES="10.0.0.0/8 fd00::/8").returncode == 0


@pytest.mark.parametrize(
    "variables",
    [
        {"CANARY": "torchserve-canary"},
        {"CANARY": "x", "CANARY_SHARE": "0%"},
        {"RATE_LIMIT": "many"},
        {"LISTEN": "page"},
    ],
)
def test_nonsense_ends_the_container_at_once(tmp_path: Path, variables: dict[str, str]) -> None:
    result = check(tmp_path, **variables)
    assert result.returncode != 0
    assert result.stderr

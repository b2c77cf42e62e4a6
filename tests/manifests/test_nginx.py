"""nginx accepts the configuration that the web container's entrypoint renders; invalid settings stop the container."""

import re
from pathlib import Path

import pytest

from tests.manifests.rendering import COMBINATIONS, environment, manifests, of_kind
from tests.manifests.web_container import run_entrypoint


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_nginx_accepts_the_configuration_of_every_combination(
    overlay: str, components: tuple[str, ...], tmp_path: Path
) -> None:
    [web] = of_kind(manifests(overlay, components), "Deployment", "web")
    result = run_entrypoint(tmp_path, "-t", **environment(web))
    assert result.returncode == 0, result.stderr
    text = (tmp_path / "nginx" / "deployment.conf").read_text()
    assert not re.search(r"@[A-Z_]+@", text)
    assert ("torchserve-canary" in text) == ("canary" in components)
    assert text.count("set_real_ip_from") == (overlay == "production")


def test_nginx_accepts_the_settings_of_compose(tmp_path: Path) -> None:
    settings = {"RATE_LIMIT": "10r/s", "RATE_BURST": "20", "TRUSTED_PROXIES": "10.0.0.0/8 fd00::/8"}
    assert run_entrypoint(tmp_path, "-t", **settings).returncode == 0


@pytest.mark.parametrize(
    "variables",
    [
        {"CANARY": "torchserve-canary"},
        {"CANARY": "x", "CANARY_SHARE": "0%"},
        {"RATE_LIMIT": "many"},
        {"LISTEN": "page"},
    ],
)
def test_an_invalid_setting_stops_the_container_at_once(tmp_path: Path, variables: dict[str, str]) -> None:
    result = run_entrypoint(tmp_path, "-t", **variables)
    assert result.returncode != 0
    assert result.stderr

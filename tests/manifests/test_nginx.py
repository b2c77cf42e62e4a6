"""The web container's entrypoint renders a complete configuration from what the manifests set."""

import base64
import re
from pathlib import Path

import crossplane
import pytest

from tests.manifests.rendering import COMBINATIONS, container, environment, manifests, of_kind
from tests.manifests.web_container import rendered, run_entrypoint
from tests.nginx_configuration import Directive


def servers_of(http: Directive, upstream: str) -> list[str]:
    """Return the names of an upstream's servers, the backup last."""
    servers = http.one("upstream", upstream).all("server")
    servers.sort(key=lambda server: "backup" in server.arguments)
    return [server.arguments[0].rsplit(":", 1)[0] for server in servers]


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_configuration_of_every_combination_is_complete(
    overlay: str, components: tuple[str, ...], tmp_path: Path
) -> None:
    [web] = of_kind(manifests(overlay, components), "Deployment", "web")
    settings = environment(web)
    assert ("API_KEYS" in settings, "CORS_ORIGINS" in settings) == ("api-keys" in components, "cors" in components)
    if "API_KEYS" in settings:
        (tmp_path / "api-keys").write_text(f"{'a' * 64} scanner\n")
        settings["API_KEYS"] = str(tmp_path / "api-keys")
    http = rendered(tmp_path, **settings).one("http")
    for file in (tmp_path / "nginx").iterdir():
        assert not re.search(r"@[A-Z_]+@", file.read_text()), file
    parsed = crossplane.parse(str(tmp_path / "nginx" / "nginx.conf"), check_ctx=True, check_args=True)
    assert parsed["errors"] == []
    assert len(http.all("set_real_ip_from")) == (overlay == "production")
    for size_class in ("small", "medium", "large"):
        assert servers_of(http, f"torchserve_{size_class}") == ["torchserve", "torchserve-fallback"]
        if "canary" in components:
            assert servers_of(http, f"canary_{size_class}") == ["torchserve-canary", "torchserve"]
    assert any(item.name == "split_clients" for item in http.block) == ("canary" in components)


def test_web_finds_the_keys_of_the_secret_where_its_setting_says_and_lets_nobody_in_without_a_caller(
    tmp_path: Path,
) -> None:
    objects = manifests("production", ("api-keys", "cors"))
    [web] = of_kind(objects, "Deployment", "web")
    [secret] = of_kind(objects, "Secret")
    [volume] = [item for item in web["spec"]["template"]["spec"]["volumes"] if item["name"] == "api-keys"]
    [mount] = [item for item in container(web)["volumeMounts"] if item["name"] == "api-keys"]
    assert volume["secret"]["secretName"] == secret["metadata"]["name"]
    [(name, data)] = secret["data"].items()
    assert environment(web)["API_KEYS"] == f"{mount['mountPath']}/{name}"
    (tmp_path / "api-keys").write_bytes(base64.b64decode(data))
    said = run_entrypoint(tmp_path / "run", API_KEYS=str(tmp_path / "api-keys")).stderr
    assert "has no caller" in said


def test_every_upstream_finds_new_replicas_and_avoids_those_that_fail(tmp_path: Path) -> None:
    http = rendered(tmp_path, CANARY="torchserve-canary", CANARY_SHARE="5%").one("http")
    upstreams = http.all("upstream")
    assert upstreams
    for upstream in upstreams:
        first, backup = upstream.all("server")
        assert {"resolve", "max_fails=1", "fail_timeout=2s"} <= set(first.arguments)
        assert {"resolve", "max_fails=0", "backup"} <= set(backup.arguments)
        assert upstream.all("zone")


def test_a_canary_without_a_share_stops_the_container(tmp_path: Path) -> None:
    assert "CANARY_SHARE" in run_entrypoint(tmp_path, CANARY="torchserve-canary").stderr
    assert not (tmp_path / "nginx").exists()


def test_nginx_listens_and_finds_replicas_on_ipv6_too_where_there_is_ipv6(tmp_path: Path) -> None:
    has_ipv6 = bool(Path("/proc/net/if_inet6").read_text()) if Path("/proc/net/if_inet6").exists() else False
    http = rendered(tmp_path, METRICS_LISTEN="9113").one("http")
    assert ("ipv6=off" in http.one("resolver").arguments) != has_ipv6
    for server in http.all("server"):
        addresses = {item.arguments[0] for item in server.all("listen")}
        assert any(address.startswith("[::]:") for address in addresses) == has_ipv6
        assert any("[" not in address for address in addresses)

"""The configuration of `make run`, as the servers read it."""

from dataclasses import dataclass

import pytest

from tests.nginx_configuration import Directive, parse
from tools.run.servers import render_nginx, start_torchserve
from tools.run.settings import LOOPBACK, MAX_DEFAULT_WORKERS, PORTS, ROOT, Settings

# Stands in for Java: it writes what it is started with into its folder.
RECORDER = """#!/bin/sh
printf '%s\\n' "$@" >"$JAVA_HOME/arguments"
env >"$JAVA_HOME/environment"
"""


@dataclass(frozen=True)
class Launch:
    """How Java is started.

    Attributes:
        arguments: Its command line.
        environment: Its environment variables.
    """

    arguments: list[str]
    environment: dict[str, str]

    def mebibytes(self, option: str) -> int:
        """Return the memory that an option gives Java."""
        [value] = [item.removeprefix(option) for item in self.arguments if item.startswith(option)]
        assert value.endswith("m"), value
        return int(value[:-1])


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    run_dir = tmp_path_factory.mktemp("run")
    return Settings(LOOPBACK, LOOPBACK, PORTS, MAX_DEFAULT_WORKERS, run_dir, ROOT / "model_store")


@pytest.fixture(scope="session")
def http(settings: Settings) -> Directive:
    """Return nginx's block `http`."""
    render_nginx(settings)
    return parse(settings.run_dir / "nginx" / "nginx.conf").one("http")


@pytest.fixture(scope="session")
def site(http: Directive) -> Directive:
    """Return nginx's only block `server`."""
    return http.one("server")


@pytest.fixture(scope="session")
def launch(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Launch:
    """Start TorchServe with a stand-in for Java and return what that was given."""
    home = tmp_path_factory.mktemp("java")
    java = home / "bin" / "java"
    java.parent.mkdir()
    java.write_text(RECORDER)
    java.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_HOME", str(home))
        server = start_torchserve(settings, str(tmp_path_factory.mktemp("tmp")))
    assert server.process.wait(30) == 0, server.log.read_text()
    lines = (home / "environment").read_text().splitlines()
    return Launch(
        (home / "arguments").read_text().splitlines(), dict(line.split("=", 1) for line in lines if "=" in line)
    )


@pytest.fixture(scope="session")
def properties() -> dict[str, str]:
    """Return TorchServe's configuration file."""
    lines = (ROOT / "torchserve" / "config.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

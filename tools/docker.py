"""The Docker engine, through its command line."""

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import handler

# tools/docker-engine sets it.
DOCKER = os.environ.get("DOCKER", "docker")
ROOT = Path(__file__).resolve().parents[1]
TORCHSERVE = f"digits-torchserve:{handler.__version__}"
WEB = f"digits-web:{handler.__version__}"

# The restrictions that compose.yaml and the manifests set.
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "256")


def run(*command: str | Path, check: bool = True, **environment: str) -> str:
    """Run a command and return its output. If it fails, the error shows both of its outputs."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0 or not check, f"{command}\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    return result.stdout.strip()


def docker(*arguments: str | Path, check: bool = True) -> str:
    """Run a command of the Docker client."""
    return run(DOCKER, *arguments, check=check)


def inspect(name: str, *options: str) -> dict[str, Any]:
    """Return the engine's description of a container or, with `--type image`, of an image."""
    [found] = json.loads(docker("inspect", *options, name))
    return dict(found)


def logs(container: str) -> str:
    """Return a container's standard output and standard error."""
    command = [DOCKER, "logs", container]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


def is_healthy(container: str) -> bool:
    """Run the image's own health check now; the engine runs it every five seconds."""
    [_, *command] = inspect(container)["Config"]["Healthcheck"]["Test"]
    script = f"{shlex.join(command)} && echo healthy"
    return docker("exec", container, "bash", "-c", script, check=False) == "healthy"


def address_of(container: str) -> str:
    """Return a container's address in its only network."""
    [network] = inspect(container)["NetworkSettings"]["Networks"].values()
    return str(network["IPAddress"])


def get_inside(container: str, port: int, path: str) -> str:
    """Return the response to a GET request from inside a container to its own port."""
    request = f"exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET {path} HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3"
    return docker("exec", container, "bash", "-c", request, check=False)


def opens(container: str, host: str, port: int) -> bool:
    """Whether a container can connect to a port of a host."""
    attempt = f"exec 3<>/dev/tcp/{host}/{port}"
    return docker("exec", container, "timeout", "2", "bash", "-c", f"{attempt} && echo open", check=False) == "open"

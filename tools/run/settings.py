"""The settings of a run, read from the environment."""

import os
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
# Variable → default. A browser talks to the first; the others listen on loopback only.
PORTS = {"PORT": 8000, "TORCHSERVE_PORT": 8080, "METRICS_PORT": 8082, "NGINX_METRICS_PORT": 9113}
# Values of nginx's configuration: variable → default.
NGINX_SETTINGS = {
    "RATE_LIMIT": "1000r/s",
    "RATE_BURST": "1000",
    "API_KEY_RATE_LIMIT": "1000r/s",
    "API_KEY_RATE_BURST": "1000",
    "KEEPALIVE_TIMEOUT": "620s",
}
LOOPBACK = "127.0.0.1"
WILDCARDS = {"0.0.0.0": LOOPBACK, "::": "::1"}  # every address → the one at which this machine reaches itself
DEFAULT_RUN_DIR = ROOT / ".run"
MAX_DEFAULT_WORKERS = 2  # Java's heap in torchserve/entrypoint is sized for them


def fail(message: str) -> NoReturn:
    """End with a message for a person."""
    sys.exit(f"tools/run: {message}")


@dataclass(frozen=True)
class Settings:
    """The settings of a run.

    Attributes:
        host: HOST as it was given.
        address: The IP address of HOST, on which nginx listens.
        ports: Every port by its variable.
        workers: How many worker processes TorchServe starts for small requests, and how many for others.
        run_dir: The folder for configuration and logs.
        model_store: The folder of digits.mar.
        nginx: Values of nginx's configuration by their variables.
    """

    host: str
    address: str
    ports: dict[str, int]
    workers: int
    run_dir: Path
    model_store: Path
    nginx: dict[str, str] = field(default_factory=NGINX_SETTINGS.copy)

    @property
    def listen(self) -> str:
        """The arguments of nginx's `listen`; the IPv6 wildcard includes IPv4."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{address}:{self.ports['PORT']}" + (" ipv6only=off" if self.address == "::" else "")

    @property
    def reachable_at(self) -> str:
        """The IP address at which this machine reaches nginx."""
        return WILDCARDS.get(self.address, self.address)

    @property
    def url(self) -> str:
        """The address to open in a browser on this machine."""
        host = "localhost" if self.address == LOOPBACK or self.address in WILDCARDS else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.ports['PORT']}"


def read_settings() -> Settings:
    """Read the environment, or end with a message on the first variable that makes no sense."""
    host = (os.environ.get("HOST") or LOOPBACK).strip("[]")
    return Settings(
        host=host,
        address=find_address(host),
        ports={name: read_port(name, default) for name, default in PORTS.items()},
        workers=read_workers(),
        run_dir=Path(os.environ.get("RUN_DIR") or DEFAULT_RUN_DIR).resolve(),
        model_store=Path(os.environ.get("MODEL_STORE") or ROOT / "model_store").resolve(),
        nginx={name: os.environ.get(name) or default for name, default in NGINX_SETTINGS.items()},
    )


def find_address(host: str) -> str:
    """Return the IP address of a host, the IPv4 one if there are several."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        fail(
            f"HOST={host} is not known. Use an IP address or a host name of this machine, or 0.0.0.0 for all addresses."
        )
    return str(min(found, key=lambda info: info[0] != socket.AF_INET)[4][0])


def read_port(name: str, default: int) -> int:
    """Return the number of a port."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65536:
        fail(f"{name}={text} is not a port: use a number from 1 to 65535.")
    return int(text)


def read_workers() -> int:
    """Return the number of worker processes: by default one for each core, up to MAX_DEFAULT_WORKERS."""
    text = os.environ.get("WORKERS") or str(min(len(os.sched_getaffinity(0)), MAX_DEFAULT_WORKERS))
    if not (text.isascii() and text.isdecimal()) or int(text) == 0:
        fail(f"WORKERS={text} is not a number of processes: use 1 or more, or leave it out for one on each core.")
    return int(text)

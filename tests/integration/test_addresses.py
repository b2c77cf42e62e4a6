"""TorchServe's addresses in a container: 0.0.0.0 is every address, of IPv4 and of IPv6 (k8s/README.md)."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.ipv6 import has_ipv6
from tools.run.settings import ROOT
from tools.stack import READY_TIMEOUT_S, free_ports


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_all_addresses_are_those_of_ipv4_and_ipv6(tmp_path: Path) -> None:
    ports = free_ports()
    settings = {
        "PYTHON": sys.executable,
        "TS_TMPDIR": str(tmp_path),
        "TS_INFERENCE_ADDRESS": f"http://0.0.0.0:{ports['TORCHSERVE_PORT']}",
        "TS_METRICS_ADDRESS": f"http://0.0.0.0:{ports['METRICS_PORT']}",
    }
    log = tmp_path / "torchserve.log"
    with log.open("wb") as output:
        torchserve = subprocess.Popen(
            [ROOT / "torchserve" / "entrypoint"], env={**os.environ, **settings}, stdout=output, stderr=output
        )
    try:
        for host in ("[::1]", "127.0.0.1"):
            wait_for(f"http://{host}:{ports['TORCHSERVE_PORT']}/ping", torchserve, log)
            wait_for(f"http://{host}:{ports['METRICS_PORT']}/metrics", torchserve, log)
    finally:
        torchserve.terminate()
        torchserve.wait(timeout=60)


def wait_for(url: str, torchserve: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until TorchServe answers."""
    until = time.monotonic() + READY_TIMEOUT_S
    while True:
        assert torchserve.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        try:
            assert requests.get(url, timeout=5).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
        else:
            return
